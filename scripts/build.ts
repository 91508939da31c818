// Makes dist/ingot.js: the program in few files, which starts faster than the sources do. `npm run build`.
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const out = join(root, 'dist');
// A program that runs from the folder must not see half of a new one.
const fresh = join(root, `.dist-${process.pid}`);

try {
  await mkdir(fresh);
  // Older than what is read from here on: a file saved meanwhile makes the bundle stale, as it should.
  await writeFile(join(fresh, 'stamp'), '');
  await build({
    absWorkingDir: root,
    entryPoints: { ingot: 'src/main.ts' },
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    // Native parts find their files beside themselves; the rest that is named here is loaded only where it is configured.
    external: ['better-sqlite3', 'koffi', 'pg-native'],
    // Some packages inside are CommonJS and call require.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  await mkdir(out, { recursive: true });
  await rm(`${out}.old`, { recursive: true, force: true });
  await rename(out, `${out}.old`);
  await rename(fresh, out);
  await rm(`${out}.old`, { recursive: true, force: true });
} finally {
  await rm(fresh, { recursive: true, force: true });
}
