// Many malformed requests at the whole service: no 5xx, and the memory is back where it was.
import { fuzz } from '../test/setup/fuzz.ts';
import { startServed } from './served.ts';

const mayGrow = 64; // MB between the end of the warm-up and the end: what the collector has not yet given back

export default {
  name: 'fuzz',
  about: 'malformed requests (200,000, or --count=N): no 5xx, no leak',
  async run(args: readonly string[] = []): Promise<void> {
    const given = args.find((arg) => arg.startsWith('--count='))?.slice(8);
    const count = Number(given ?? 200_000);
    const served = await startServed();
    try {
      await fuzz({ port: served.port, count: Math.round(count / 5), seed: 1, clients: 16 });
      const before = served.memory();
      const { statuses, failures } = await fuzz({ port: served.port, count, seed: 2, clients: 16 });
      const after = served.memory();
      for (const [status, n] of [...statuses].sort(([a], [b]) => a - b)) console.log(`${status || 'closed'}: ${n}`);
      console.log(`memory: ${before.toFixed(0)} MB after the warm-up, ${after.toFixed(0)} MB at the end`);
      for (const failure of failures.slice(0, 10)) console.log(failure);
      if (failures.length) throw new Error(`${failures.length} requests were answered with a 5xx`);
      if (after - before > mayGrow) throw new Error('memory grew');
    } finally {
      await served.stop();
    }
  },
};
