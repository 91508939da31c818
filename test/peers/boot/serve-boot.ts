// Boot services in a process of their own, since a process enters a network namespace only at its start. Takes its
// options as JSON in the first argument; writes one JSON object a line: {"ready": …}, then {"event": …} for each event.
import { systemClock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { memoryLeases } from '#boot/dhcp/lease-store.ts';
import { installLoaders } from '#boot/node-files/loaders.ts';
import { prepareNodeBoot } from '#boot/node-files/node-boot.ts';
import { startBootServices } from '#boot/services.ts';
import type { ServeBootOptions } from './lab.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as ServeBootOptions;
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const log: Log = {
  debug() {},
  info: (facts, sentence) => say({ log: sentence, facts }),
  warn: (facts, sentence) => say({ log: sentence, facts }),
  error: (facts, sentence) => say({ log: sentence, facts }),
  child: () => log,
};

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const services = await startBootServices({
  interface: options.interface,
  mode: options.mode,
  ports: { http: 8080 },
  roots: options.roots,
  leases: memoryLeases(),
  lookup: async (mac) => options.machines[mac],
  onBootEvent: (event) => say({ event }),
  clock: systemClock,
  log,
  signal: stop.signal,
  ...(options.sockets && { sockets: options.sockets }),
  ...(options.routerAdvertisement !== undefined && { routerAdvertisement: options.routerAdvertisement }),
});
const { roots } = options;
await installLoaders({ roots, httpUrl: services.httpUrl, log });
for (const node of options.nodes) {
  const apiUrl = 'http://192.168.77.1:6385';
  const images = node.images && { kernel: { file: node.images.kernel }, ramdisk: { file: node.images.ramdisk } };
  await prepareNodeBoot(
    { node: node.uuid, macs: [node.mac], flavor: node.flavor ?? 'ipxe', roots, httpUrl: services.httpUrl },
    images
      ? { label: 'deploy', ...images, apiUrl, parameters: 'nofb vga=normal', requestId: 'req-0' }
      : { label: 'boot_whole_disk' },
  );
}
const { close, ...ready } = services;
say({ ready });
stop.signal.addEventListener('abort', () => void close().then(() => process.exit(0)));
