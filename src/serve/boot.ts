// The boot services of a run: on the interface that was named, or files alone on a loopback address, or none.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { BootTarget } from '#boot/dhcp/boot-target.ts';
import { installLoaders } from '#boot/node-files/loaders.ts';
import { type BootServices, startBootServices } from '#boot/services.ts';
import { findInterface } from '#boot/sockets/network-interface.ts';
import type { Config } from '#config/schema.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import type { Db } from '#db/database.ts';
import { nodeByMacs } from '#db/nodes.ts';
import { writeDiscoveryScript } from './discovery-boot.ts';
import { leaseStore } from './leases.ts';
import type { Places } from './places.ts';
import type { Timeline } from './timeline.ts';

export interface BootPlan {
  /** Absent: no boot service runs. */
  readonly on: { interface?: string; address?: string } | undefined;
  readonly address: string | undefined;
  readonly httpUrl: string;
}

/** What will run, decided before anything is started: drivers must know the URL of the boot HTTP server. */
export function planBoot(config: Config): BootPlan {
  const { boot_interface, boot_address, http_port } = config.ingot;
  const on =
    boot_interface || boot_address
      ? { ...(boot_interface && { interface: boot_interface }), ...(boot_address && { address: boot_address }) }
      : undefined;
  const address = on && findInterface(on).address;
  const own = `http://${address ?? config.DEFAULT.my_ip ?? '127.0.0.1'}:${http_port}`;
  return { on, address, httpUrl: (config.deploy.http_url ?? own).replace(/\/+$/, '') };
}

export interface BootParts {
  readonly config: Config;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly places: Places;
  readonly timeline: Timeline;
  /** Where ramdisks find the API. */
  readonly apiUrl: string;
  readonly signal: AbortSignal;
}

/** Start what the plan says; resolves with undefined where that is nothing. */
export async function startBoot(plan: BootPlan, parts: BootParts): Promise<BootServices | undefined> {
  const { config, db, clock, log, places, signal } = parts;
  const roots = { http: places.httpRoot, tftp: places.tftpRoot };
  if (!plan.on) return undefined;
  const { ingot } = config;
  const { httpUrl } = plan;
  const discovery = { config, httpRoot: places.httpRoot, httpUrl, apiUrl: parts.apiUrl };
  const fallbackScript = ingot.discovery ? await writeDiscoveryScript(discovery) : undefined;
  const loaderFilePaths = config.pxe.loader_file_paths ?? {};
  await installLoaders({ roots, httpUrl, loaderFilePaths, ...(fallbackScript && { fallbackScript }), log });
  const pools = poolsOf(config);
  return startBootServices({
    ...plan.on,
    mode: ingot.boot_mode,
    ports: { dhcp: ingot.dhcp_port, pxe: ingot.proxy_dhcp_port, tftp: ingot.tftp_port, http: ingot.http_port },
    roots,
    linkedFolders: [places.imageCache],
    httpUrl: plan.httpUrl,
    ...(pools && { pools }),
    leases: leaseStore(db, plan.on.interface ?? plan.address ?? 'boot'),
    lookup: (mac) => bootTarget(db, mac),
    ...(ingot.discovery && { strangers: {} }),
    routerAdvertisement: ingot.router_advertisement,
    onBootEvent: parts.timeline.sink,
    clock,
    log,
    signal,
  });
}

/** Only machines with an enrolled port are answered. */
async function bootTarget(db: Db, mac: string): Promise<BootTarget | undefined> {
  const node = await nodeByMacs(db.read, [mac]);
  return node && { node: node.uuid, ...(node.name && { hostname: node.name }) };
}

function poolsOf(config: Config): { first: string; last: string; netmask: string; leaseSeconds: number }[] | undefined {
  const { dhcp_range, dhcp_gateway, dhcp_dns, dhcp_lease_seconds } = config.ingot;
  if (!dhcp_range) return undefined;
  const [first, last, ...more] = dhcp_range.split('-').map((part) => part.trim());
  if (!first || !last || more.length)
    throw new InvalidParameterValue({ why: `[ingot] dhcp_range is "${dhcp_range}"; it is written FIRST-LAST.` });
  const { netmask } = findInterface({
    ...(config.ingot.boot_interface && { interface: config.ingot.boot_interface }),
    ...(config.ingot.boot_address && { address: config.ingot.boot_address }),
  });
  return [
    {
      first,
      last,
      netmask,
      leaseSeconds: dhcp_lease_seconds,
      ...(dhcp_gateway && { router: dhcp_gateway }),
      ...(dhcp_dns.length && { dns: dhcp_dns }),
    },
  ];
}
