// The whole of Ingot in this process, with the options that the recorded service had.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newUuid } from '#base/ids.ts';
import { silent } from '#base/log.ts';
import { forceNode, lockNode, unlockNode } from '#db/break-glass.ts';
import { serve } from '../../src/serve/serve.ts';
import type { Admin } from './replay.ts';

export interface Service {
  readonly base: string;
  readonly admin: Admin;
  stop(): Promise<void>;
}

/** Starts it over an empty database, on a free port; `sets` are options beyond those that were recorded. */
export async function startWhole(sets: readonly string[] = []): Promise<Service> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-compat-'));
  const options = join(folder, 'ironic.conf');
  await writeFile(options, await readFile(new URL('golden/ironic.conf', import.meta.url), 'utf8'));
  let next: string | undefined;
  const log = { ...silent, error: (facts: object, sentence: string) => console.error(sentence, facts) };
  const running = await serve({
    files: [options],
    sets: [
      `ingot.data_dir=${join(folder, 'data')}`,
      `api.port=${await freePort()}`,
      `ingot.http_port=${await freePort()}`,
      `ingot.tftp_port=${await freePort()}`,
      'ingot.boot_mode=off',
      'ingot.boot_address=127.0.0.1',
      'ingot.drain_seconds=0',
      ...sets,
    ],
    env: {},
    log,
    newId: () => next ?? newUuid(),
  });
  const { db } = running;
  return {
    base: running.url,
    admin: {
      force: async (node, set) => void (await forceNode(db, node, set)),
      lock: async (node, by) => void (await (by === null ? unlockNode(db, node) : lockNode(db, node, by))),
      nextId(uuid) {
        next = uuid;
      },
    },
    async stop() {
      await running.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
