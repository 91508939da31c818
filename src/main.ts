#!/usr/bin/env node
// The program. Each command loads only what it needs.
import { explain } from '#base/errors.ts';

async function main(argv: readonly string[]): Promise<void> {
  const { serve } = await import('./serve/serve.ts');
  const sets = argv.flatMap((word, i) => (word === '--set' ? [argv[i + 1]!] : []));
  const running = await serve({ sets, env: process.env });
  const end = () => void running.stop().then(() => process.exit(0));
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`ingot: ${explain(error)}\n`);
  process.exitCode = 1;
});
