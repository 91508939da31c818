// Run after `npm install` has changed package-lock.json (Node >= 18, no packages needed). Two things are mended:
// download addresses are dropped (every site has its own registry; npm finds a package by name, version and integrity),
// and optional packages for other platforms that the registry at hand did not have get the entry that `npm ci` asks for.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const platforms = ['android', 'darwin', 'freebsd', 'openharmony', 'win32', 'linux'];
const cpus = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'arm'];

for (const [path, entry] of Object.entries(lock.packages)) {
  if (/^https?:/.test(entry.resolved ?? '')) delete entry.resolved;
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (path === '' || Object.keys(lock.packages).some((p) => p.endsWith(`node_modules/${name}`))) continue;
    const os = platforms.find((p) => name.includes(p));
    const cpu = cpus.find((c) => name.includes(c));
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu && { cpu: [cpu] }),
      ...(entry.dev && { dev: true }),
      optional: true,
      ...(os && { os: [os] }),
      ...(name.includes('musl') ? { libc: ['musl'] } : name.includes('gnu') ? { libc: ['glibc'] } : {}),
    };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
