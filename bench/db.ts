// Durable writes a second on SQLite, by callers that each wait for their own, and node reads.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import { openDb } from '#db/db.ts';
import { recordHappenings } from '#db/happenings.ts';
import { listNodes } from '#db/node-list.ts';
import { createNode, nodeBy, saveNode } from '#db/nodes.ts';

const nodeCount = 2_000;

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return Math.round((count / (performance.now() - start)) * 1000);
}

export default {
  name: 'db',
  about: 'SQLite with synchronous=FULL: a node change and its happening in one durable transaction',
  async run(): Promise<Record<string, number>> {
    const folder = await mkdtemp(join(tmpdir(), 'ingot-bench-'));
    const db = await openDb({ url: `sqlite:///${folder}/bench.sqlite`, log: silent, clock: systemClock });
    const uuids = Array.from({ length: nodeCount }, newUuid);
    const driver_info = { redfish_address: 'https://10.0.0.1', redfish_username: 'admin', redfish_system_id: '/1' };
    const change = (uuid: string, n: number) =>
      db.write(async (tx) => {
        await saveNode(tx, uuid, { power_state: n % 2 ? 'power on' : 'power off' }, 'unguarded');
        await recordHappenings(tx, [{ kind: 'power.corrected', node: uuid, from: null, to: 'power on' }]);
      });
    const callers = async (many: number, each: number) => {
      const one = async (caller: number) => {
        for (let n = 0; n < each; n++) await change(uuids[(caller * each + n) % nodeCount]!, n);
      };
      return perSecond(many * each, () => Promise.all(Array.from({ length: many }, (_, caller) => one(caller))));
    };
    try {
      const figures: Record<string, number> = {};
      figures['nodes created/s'] = await perSecond(nodeCount, () =>
        Promise.all(uuids.map((uuid) => db.write((tx) => createNode(tx, { uuid, driver: 'redfish', driver_info })))),
      );
      figures['durable writes/s, 1 caller'] = await callers(1, 200);
      figures['durable writes/s, 16 callers'] = await callers(16, 100);
      figures['durable writes/s, 200 callers'] = await callers(200, 40);
      figures['nodes read by uuid/s'] = await perSecond(nodeCount, async () => {
        for (const uuid of uuids) await nodeBy(db.read, uuid);
      });
      figures['nodes listed whole/s'] = await perSecond(nodeCount, () => listNodes(db.read, {}));
      for (const [what, figure] of Object.entries(figures)) console.log(`${what}: ${figure}`);
      return figures;
    } finally {
      await db.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
