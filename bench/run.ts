// npm run bench -- NAME [arguments]: runs one bench and says on which machine. Without a name: which there are.
import { readdirSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';

interface Bench {
  readonly name: string;
  readonly about: string;
  run(args: readonly string[]): Promise<void>;
}

async function benches(): Promise<Bench[]> {
  const found: Bench[] = [];
  for (const file of readdirSync(import.meta.dirname).sort()) {
    if (!file.endsWith('.ts') || file === 'run.ts') continue;
    const { default: bench } = (await import(join(import.meta.dirname, file))) as { default?: Bench };
    if (typeof bench?.run === 'function') found.push(bench);
  }
  return found;
}

const [name, ...args] = process.argv.slice(2);
const all = await benches();
const bench = all.find((b) => b.name === name);
if (!bench) {
  if (name) console.error(`There is no bench "${name}".`);
  for (const b of all) console.log(`${b.name.padEnd(12)} ${b.about}`);
  process.exitCode = name ? 2 : 0;
} else {
  const load = loadavg().map((n) => n.toFixed(1));
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `${cpus().length} x ${cpus()[0]?.model.trim()}, ${memory} GiB, Node ${process.version}, load ${load.join(' ')}`,
  );
  await bench.run(args);
  // What a bench left open must not keep the figures from being read.
  process.exit();
}
