// Process start to the first answer, and memory: idle, and with 10,000 nodes.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Pool } from 'undici';

const root = resolve(import.meta.dirname, '..');

const rssMiB = (pid: number): number => {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib ?? 0) / 1024);
};

async function firstAnswer(url: string): Promise<void> {
  for (;;) {
    try {
      if ((await fetch(`${url}/v1`)).ok) return;
    } catch {
      await new Promise((done) => setTimeout(done, 5));
    }
  }
}

async function enroll(url: string, count: number): Promise<void> {
  const pool = new Pool(url, { connections: 64 });
  const headers = { 'x-openstack-ironic-api-version': '1.115', 'content-type': 'application/json' };
  let left = count;
  const one = async () => {
    while (left-- > 0) {
      const reply = await pool.request({
        method: 'POST',
        path: '/v1/nodes',
        headers,
        body: '{"driver":"fake-hardware"}',
      });
      if (reply.statusCode !== 201)
        throw new Error(`POST /v1/nodes: HTTP ${reply.statusCode} ${await reply.body.text()}`);
      await reply.body.dump();
    }
  };
  await Promise.all(Array.from({ length: 64 }, one));
  await pool.close();
}

export default {
  name: 'start',
  about:
    'seconds from process start to the first answer (aim: under 1), memory idle (aim: under 150 MB) and with 10,000 nodes',
  async run(args: readonly string[]): Promise<void> {
    const count = Number(args[0] ?? 10_000);
    const folder = await mkdtemp(join(tmpdir(), 'ingot-start-'));
    const url = 'http://127.0.0.1:17384';
    const times: number[] = [];
    for (let run = 1; run <= 5; run++) {
      const since = performance.now();
      const service = spawn(
        join(root, 'ingot'),
        [
          'serve',
          '--data-dir',
          folder,
          '--set',
          'api.port=17384',
          '--set',
          'DEFAULT.enabled_hardware_types=fake-hardware',
        ],
        { stdio: 'ignore' },
      );
      await firstAnswer(url);
      times.push((performance.now() - since) / 1000);
      if (run === 5) {
        await new Promise((done) => setTimeout(done, 2000));
        console.log(`start to first answer: ${times.map((t) => t.toFixed(2)).join(', ')} s`);
        console.log(`memory idle: ${rssMiB(service.pid!)} MiB`);
        const begun = performance.now();
        await enroll(url, count);
        console.log(`${count} nodes enrolled in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
        await fetch(`${url}/v1/nodes/detail?limit=1000`, {
          headers: { 'x-openstack-ironic-api-version': '1.115' },
        }).then((r) => r.text());
        console.log(`memory with ${count} nodes: ${rssMiB(service.pid!)} MiB`);
      }
      service.kill('SIGTERM');
      await new Promise((done) => service.once('exit', done));
    }
    await rm(folder, { recursive: true, force: true });
  },
};
