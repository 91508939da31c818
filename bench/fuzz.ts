// Many malformed requests at the whole service: no 5xx, and the memory is back where it was.
import { fuzz } from '../test/setup/fuzz.ts';
import { startServed } from './served.ts';

const rounds = 8;
const mayGrow = 48; // MB in the second half: what the collector has not yet given back

export default {
  name: 'fuzz',
  about: 'malformed requests (200,000, or --count=N): no 5xx, no leak',
  async run(args: readonly string[] = []): Promise<void> {
    const given = args.find((arg) => arg.startsWith('--count='))?.slice(8);
    const count = Number(given ?? 200_000);
    const served = await startServed();
    try {
      const statuses = new Map<number, number>();
      const failures: string[] = [];
      const memory: number[] = [];
      for (let round = 1; round <= rounds; round++) {
        const part = await fuzz({ port: served.port, count: Math.ceil(count / rounds), seed: round, clients: 16 });
        for (const [status, n] of part.statuses) statuses.set(status, (statuses.get(status) ?? 0) + n);
        failures.push(...part.failures);
        memory.push(Math.round(served.memory()));
      }
      for (const [status, n] of [...statuses].sort(([a], [b]) => a - b)) console.log(`${status || 'closed'}: ${n}`);
      console.log(`memory after each of ${rounds} rounds: ${memory.join(', ')} MB`);
      for (const failure of failures.slice(0, 10)) console.log(failure);
      if (failures.length) throw new Error(`${failures.length} requests were answered with a 5xx`);
      if (memory.at(-1)! - memory[rounds / 2 - 1]! > mayGrow) throw new Error('memory grew');
    } finally {
      await served.stop();
    }
  },
};
