// inspect interface "redfish": the BMC tells what is in its machine; nothing is booted (reference: conductor.md L99).
import type { Resource } from '#protocols/redfish/client.ts';
import type { Json } from '#protocols/redfish/document.ts';
import { RedfishRefused } from '#protocols/redfish/errors.ts';
import type { Findings, InspectFace, StepOutcome, Task } from '../kinds.ts';
import { redfishInfo, redfishProperties } from './info.ts';
import { inventoryFrom } from './inventory.ts';
import { collected, linked, linksAt, read, systemOf } from './system.ts';

/** What a BMC has not got, or does not give, is missing in the inventory; the rest counts. */
async function some(task: Task, work: () => Promise<readonly Resource[]>): Promise<Json[]> {
  try {
    return (await work()).map(({ body }) => body);
  } catch (error) {
    if (task.signal.aborted || !RedfishRefused.is(error)) throw error;
    task.log.info({ err: error }, 'the BMC does not tell of a part of its machine');
    return [];
  }
}

async function storageOf(task: Task, system: Resource) {
  const drives: Resource[] = [];
  const volumes: Resource[] = [];
  for (const storage of await collected(task, system, 'Storage')) {
    const paths = linksAt(task, { ...storage, body: { Links: storage.body } }, 'Drives');
    for (const path of paths.slice(0, 256)) drives.push(await read(task, path));
    volumes.push(...(await collected(task, storage, 'Volumes').catch(() => [])));
  }
  return { drives, volumes };
}

async function inspect(task: Task): Promise<StepOutcome | { is: 'done'; found: Findings }> {
  const system = await systemOf(task);
  const storage = await storageOf(task, system).catch((error: unknown) => {
    if (task.signal.aborted || !RedfishRefused.is(error)) throw error;
    return { drives: [], volumes: [] };
  });
  const found = inventoryFrom({
    system: system.body,
    processors: await some(task, () => collected(task, system, 'Processors')),
    memory: await some(task, () => collected(task, system, 'Memory')),
    nics: await some(task, () => collected(task, system, 'EthernetInterfaces')),
    drives: storage.drives.map(({ body }) => body),
    volumes: storage.volumes.map(({ body }) => body),
    simpleStorage: await some(task, () => collected(task, system, 'SimpleStorage')),
  });
  const secure = await linked(task, system, 'SecureBoot').catch(() => undefined);
  const now = secure?.body.SecureBootCurrentBoot;
  await task.save({
    properties: { ...task.node.properties, ...found.properties },
    ...(typeof now === 'string' && { secure_boot: now === 'Enabled' }),
    ...(found.bootMode && { boot_mode: found.bootMode }),
  });
  return { is: 'done', found: { inventory: found.inventory, plugin_data: {} } };
}

export const redfishInspect: InspectFace = {
  name: 'redfish',
  properties: redfishProperties,
  hooks: { option: '[redfish]inspection_hooks', of: (config) => config.redfish.inspection_hooks },
  validate: (task) => void redfishInfo(task),
  inspect,
};
