// Patches that come at the same time: none undoes another.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startWhole } from './whole-service.ts';

let service: Service;
beforeAll(async () => {
  service = await startWhole();
});
afterAll(() => service.stop());

async function ask(method: string, path: string, body?: unknown) {
  const reply = await fetch(`${service.base}/v1/${path}`, {
    method,
    headers: { 'X-OpenStack-Ironic-API-Version': '1.115', 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}

test.each([
  ['nodes', async () => ({ driver: 'fake-hardware' })],
  ['chassis', async () => ({})],
  ['ports', async () => ({ node_uuid: await newNode(), address: '52:54:00:00:00:01' })],
  ['portgroups', async () => ({ node_uuid: await newNode() })],
] as const)(
  'patches of different keys of one field of %s, all at once, do not undo each other',
  async (path, fresh) => {
    const { uuid } = (await ask('POST', path, await fresh())).body;
    const keys = Array.from({ length: 8 }, (_, n) => `key-${n}`);
    const patched = await Promise.all(
      keys.map((key) => ask('PATCH', `${path}/${uuid}`, [{ op: 'add', path: `/extra/${key}`, value: key }])),
    );
    const kept = keys.filter((_, n) => patched[n]!.status === 200);
    const { extra } = (await ask('GET', `${path}/${uuid}`)).body;
    expect(extra).toEqual(Object.fromEntries(kept.map((key) => [key, key])));
    // What hangs on a node is changed under the node's lock, which is not waited for without end.
    const refused = patched.filter(({ status }) => status !== 200);
    expect(refused.filter(({ status }) => status !== 409 || path === 'nodes' || path === 'chassis')).toEqual([]);
    expect(kept.length).toBeGreaterThan(0);
  },
);

const newNode = async () => (await ask('POST', 'nodes', { driver: 'fake-hardware' })).body.uuid;
