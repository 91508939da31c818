// firmware interface "redfish", and management's step for images: one update after the other, each followed to its end
// (reference: redfish/resources.md §2 firmware, task; the firmware_update_* options).
import { UnsupportedDriverExtension } from '#contract/errors.ts';
import { type Answer, monitorOf } from '#protocols/redfish/client.ts';
import { actionOf, hasAction, linksOf, part } from '#protocols/redfish/document.ts';
import { RedfishRefused } from '#protocols/redfish/errors.ts';
import type { FirmwareFace, Step, StepOutcome, Task } from '../kinds.ts';
import { readComponents } from './components.ts';
import { type FirmwareOrder, firmwareOrders } from './firmware-orders.ts';
import { redfishInfo, redfishProperties } from './info.ts';
import { baseUrlOf } from './media.ts';
import { beginNote, ended, noteOf, patiently, ranAgain, startAnew } from './restart.ts';
import { linked, managerOf, membersOf, pathOf, post, read, rootOf, systemOf, targetOf } from './system.ts';

/** How an update stands: its task runs; the BMC comes back after its own; the machine starts after another. */
type Stage = 'task' | 'bmc' | 'start' | 'pause';

interface Standing {
  readonly stage: Stage;
  readonly monitor?: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Good answers of the BMC in a row. */
  readonly good?: number;
}

const orders = (task: Task): readonly FirmwareOrder[] =>
  (task.info.redfish_fw_updates ?? []) as unknown as readonly FirmwareOrder[];
const standing = (task: Task): Standing => noteOf(task).update as Standing;
const isBmc = ({ component }: FirmwareOrder): boolean => component === 'bmc';

async function stand(task: Task, update: Standing): Promise<void> {
  await task.note({ redfish_step: { ...noteOf(task), update } });
}

async function cache(task: Task): Promise<void> {
  await task.keepFirmware(await readComponents(task));
}

/** What the updated parts are called in the inventory, where the BMC tells which part is whose. */
async function targetsOf(task: Task, service: Awaited<ReturnType<typeof linked>> & object, order: FirmwareOrder) {
  const inventory = pathOf(task, service.body, 'FirmwareInventory');
  if (!inventory || (order.component !== 'bios' && order.component !== 'bmc')) return [];
  const system = await systemOf(task);
  const manager = order.component === 'bmc' ? await managerOf(task, system) : undefined;
  const own = manager ? [manager.path] : [pathOf(task, system.body, 'Bios'), system.path].filter(Boolean);
  const found: string[] = [];
  for (const member of await membersOf(task, inventory)) {
    const { body } = await read(task, member);
    if (linksOf(body, 'RelatedItem').some((link) => own.includes(link.replace(/\/+$/, '')))) found.push(member);
  }
  return found;
}

/** Straight from where the image is, or through our HTTP server, where it can be checked first. */
async function imageFor(task: Task, order: FirmwareOrder): Promise<string> {
  const { firmware_source: source } = task.config.redfish;
  if (source === 'http' && !order.checksum && /^https?:/i.test(order.url)) return order.url;
  return task.house.bootMedia.publish({
    node: task.node.uuid,
    slot: 'firmware',
    content: { is: 'given', url: order.url, ...(order.checksum && { checksum: order.checksum }) },
    ...baseUrlOf(task),
    signal: task.signal,
  });
}

async function begin(task: Task, order: FirmwareOrder): Promise<void> {
  const service = await linked(task, await rootOf(task), 'UpdateService');
  if (!service || !hasAction(service.body, 'UpdateService.SimpleUpdate'))
    throw new UnsupportedDriverExtension({
      driver: task.node.driver,
      extension: 'firmware updates',
      why: 'the BMC has no SimpleUpdate',
    });
  const { target, allowed } = actionOf({ ...service.body, '@odata.id': service.path }, 'UpdateService.SimpleUpdate');
  const image = await imageFor(task, order);
  const protocol = image.startsWith('https:') ? 'HTTPS' : 'HTTP';
  const body = {
    ImageURI: image,
    ...(allowed('TransferProtocol').includes(protocol) && { TransferProtocol: protocol }),
  };
  const Targets = await targetsOf(task, service, order);
  const send = (more: object) => post(task, targetOf(task, target), { ...body, ...more });
  const answer = Targets.length
    ? await send({ Targets }).catch((error) => withoutTargets(error, () => send({})))
    : await send({});
  const monitor = monitorOf(redfishInfo(task), answer);
  const now = task.clock.now();
  await stand(task, { stage: 'task', since: now, ...(monitor && { monitor }) });
}

/** Not every BMC knows targets: the image tells for which part it is. */
function withoutTargets(error: unknown, again: () => Promise<Answer>): Promise<Answer> {
  if (RedfishRefused.is(error) && error.facts.status === 400 && /Targets/.test(error.facts.why)) return again();
  throw error;
}

async function run(task: Task, wanted: readonly FirmwareOrder[]): Promise<StepOutcome> {
  await beginNote(task, {});
  await task.note({ redfish_fw_updates: wanted.map((order) => ({ ...order })) });
  await begin(task, wanted[0]!);
  const { firmware_update_status_interval: every, firmware_update_overall_timeout: most } = task.config.redfish;
  return {
    is: 'wait',
    on: 'bmc',
    for: 'the BMC to update firmware',
    lookEverySeconds: Math.max(1, every),
    withinSeconds: most,
  };
}

async function look(task: Task): Promise<StepOutcome | null> {
  const [order] = orders(task);
  if (!order) return ended(task);
  const at = standing(task);
  if (at.stage === 'task') await lookAtTask(task, order, at);
  else if (at.stage === 'bmc') await lookAtBmc(task, order, at);
  else if (at.stage === 'start') await lookAtStart(task);
  const now = standing(task);
  if (now.stage !== 'pause' || task.clock.now() < now.since + (order.wait ?? 0) * 1000) return null;
  return nextOrder(task, order);
}

async function lookAtTask(task: Task, order: FirmwareOrder, { monitor }: Standing): Promise<void> {
  const progress = monitor
    ? await task.house.redfish.task(redfishInfo(task), monitor, task.signal)
    : ({ is: 'done' } as const);
  if (progress.is === 'running') return;
  if (progress.is === 'failed') throw new Error(`the update from ${order.url} failed: ${progress.why}`);
  const since = task.clock.now();
  if (isBmc(order)) return stand(task, { stage: 'bmc', since, good: 0 });
  // What was written counts from the next start on.
  await startAnew(task);
  await stand(task, { stage: 'start', since });
}

/** A BMC with new firmware starts itself: it is back when it has answered often enough. */
async function lookAtBmc(task: Task, order: FirmwareOrder, at: Standing): Promise<void> {
  const { redfish } = task.config;
  const silent = task.clock.now() - at.since < redfishInfo(task).settleSeconds * 1000;
  if (silent) return;
  try {
    await systemOf(task, { attempts: 1 });
  } catch (error) {
    if (task.signal.aborted) throw error;
    if (task.clock.now() - at.since > redfish.firmware_update_bmc_timeout * 1000)
      throw new Error(`the BMC does not answer since its update from ${order.url}`, { cause: error });
    return stand(task, { ...at, good: 0 });
  }
  const good = (at.good ?? 0) + 1;
  if (good < redfish.firmware_update_required_successes) return stand(task, { ...at, good });
  await stand(task, { stage: 'pause', since: task.clock.now() });
}

async function lookAtStart(task: Task): Promise<void> {
  const system = await patiently(task, () => systemOf(task));
  if (system?.body.PowerState !== 'On' || !ranAgain(task, part(system.body, 'BootProgress').LastState)) return;
  await stand(task, { stage: 'pause', since: task.clock.now() });
}

async function nextOrder(task: Task, order: FirmwareOrder): Promise<StepOutcome | null> {
  await task.house.bootMedia.withdraw(task.node.uuid, 'firmware');
  await keepFlashed(task, order);
  const [, ...left] = orders(task);
  await task.note({ redfish_fw_updates: left.length ? left.map((one) => ({ ...one })) : undefined });
  if (!left[0]) return ended(task);
  await begin(task, left[0]);
  return null;
}

/** The components as they are now, and of the one that was updated which version it got. */
async function keepFlashed(task: Task, { component }: FirmwareOrder): Promise<void> {
  const found = await readComponents(task);
  await task.keepFirmware(
    found.map((one) =>
      one.component.toLowerCase() === component ? { ...one, last_version_flashed: one.current_version ?? null } : one,
    ),
  );
}

const settings = {
  help: 'What to update, in order: a list of objects with component (bios, bmc, nic:ID), url, and wait in seconds.',
  required: true,
};

const runUpdate: Step['run'] = (task, args) => run(task, firmwareOrders(args.settings, { needsComponent: true }));

export const redfishFirmware: FirmwareFace = {
  name: 'redfish',
  properties: redfishProperties,
  validate: (task) => void redfishInfo(task),
  cache,
  steps: [
    { step: 'update', in: { clean: 0, deploy: 0 }, abortable: false, args: { settings }, run: runUpdate, look },
    { step: 'update', in: { service: 0 }, ramdisk: false, args: { settings }, run: runUpdate, look },
  ],
};

/** management's own step: images that tell themselves what they are for. */
export const updateFirmwareStep: Step = {
  step: 'update_firmware',
  in: { clean: 0, service: 0 },
  args: {
    firmware_images: {
      help: 'The images, in order: a list of objects with url, and checksum (SHA-1, SHA-256 or SHA-512), component and wait.',
      required: true,
    },
  },
  run: (task, args) => run(task, firmwareOrders(args.firmware_images, { needsComponent: false })),
  look,
};
