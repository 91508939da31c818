// Everything that a machine meets at power-on, on the one interface that was named.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Platform } from '#protocols/dhcp/client-class.ts';
import type { BootFiles } from './dhcp/boot-files.ts';
import type { BootLookup, BootTarget } from './dhcp/boot-target.ts';
import { LeaseBook } from './dhcp/lease-book.ts';
import type { LeaseStore } from './dhcp/lease-store.ts';
import { type DhcpListener, listenDhcp } from './dhcp/listener.ts';
import { checkPool, derivePool, type Pool } from './dhcp/pool.ts';
import { DhcpService } from './dhcp/service.ts';
import { listenHttp } from './http/server.ts';
import type { BootRoots } from './node-files/layout.ts';
import { usualLoaders } from './node-files/loaders.ts';
import { type FileProvider, firstOf, fromFolder } from './served-file.ts';
import { activatedFd, type ListenEnv } from './sockets/activation.ts';
import { type BootInterface, findInterface } from './sockets/network-interface.ts';
import { listenTftp, tftpLimits } from './tftp/server.ts';
import type { BootEventSink } from './timeline/boot-event.ts';
import { pacedSink } from './timeline/paced-sink.ts';
import { Whereabouts } from './whereabouts.ts';

/** What has a life of its own and ends with `close`. */
interface Part {
  close(): void | Promise<void>;
}

export interface BootPorts {
  readonly dhcp: number;
  readonly pxe: number;
  readonly tftp: number;
  readonly http: number;
}

export const usualPorts: BootPorts = { dhcp: 67, pxe: 4011, tftp: 69, http: 8080 };

export interface BootServiceOptions {
  /** The interface, by name or by one of its addresses; both where it has several addresses. */
  readonly interface?: string;
  readonly address?: string;
  /** `dhcp`: we give addresses. `proxy`: another server does, we add what to boot. `off`: only files are served. */
  readonly mode: 'dhcp' | 'proxy' | 'off';
  readonly ports?: Partial<BootPorts>;
  readonly roots: BootRoots;
  /** Real folders outside of the roots that links in them may lead to (image caches). */
  readonly linkedFolders?: readonly string[];
  /** Where machines reach the HTTP root; `http://<address>:<port>` where absent. */
  readonly httpUrl?: string;
  /** The usual boot files; what is not named here is iPXE's: `boot.ipxe`, `undionly.kpxe`, `snponly.efi`. */
  readonly boot?: Partial<BootFiles>;
  /** The networks served in full mode; the upper half of the interface's subnet where absent. */
  readonly pools?: readonly Pool[];
  readonly leases: LeaseStore;
  /** Addresses fixed for machines, never given to others. */
  readonly reserved?: () => Promise<ReadonlySet<string>>;
  readonly lookup: BootLookup;
  /** What machines get that nobody enrolled; absent: nothing. */
  readonly strangers?: BootTarget;
  /** Files that are in no folder; asked before the roots. */
  readonly virtualFiles?: FileProvider;
  /** Switch off where a router of the segment advertises IPv6. */
  readonly routerAdvertisement?: boolean;
  readonly sockets?: 'best' | 'plain';
  readonly env?: ListenEnv;
  readonly onBootEvent: BootEventSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface BootServices {
  readonly interface: BootInterface;
  readonly ports: BootPorts;
  readonly httpUrl: string;
  /** `off` where no DHCP is served. */
  readonly dhcpSocket: DhcpListener['kind'] | 'off';
  readonly advertises: boolean;
  close(): Promise<void>;
}

/** Starts what `mode` asks for; rejects with what is in the way, and then nothing is left running. */
export async function startBootServices(options: BootServiceOptions): Promise<BootServices> {
  options.signal.throwIfAborted();
  const on = findInterface(options);
  const wanted = { ...usualPorts, ...options.ports };
  const parts: Part[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const close = async () => {
    stop.abort();
    await Promise.all(parts.splice(0).map((part) => part.close()));
  };
  options.signal.addEventListener('abort', () => void close(), { once: true });
  try {
    const shared = sharedParts(options);
    const http = await listenHttp(
      { address: on.address, port: wanted.http },
      { ...shared, files: filesOf(options, 'http') },
    );
    parts.push(http);
    const tftp = await listenTftp(
      { address: on.address, port: wanted.tftp },
      { ...shared, files: filesOf(options, 'tftp'), limits: tftpLimits, signal },
    );
    parts.push(tftp);
    const httpUrl = (options.httpUrl ?? `http://${on.address}:${http.port}`).replace(/\/+$/, '');
    options.log.info(
      { ...on },
      `Boot files are served on ${on.name} by TFTP ${on.address}:${tftp.port} and ${httpUrl}`,
    );
    const dhcp = options.mode === 'off' ? undefined : await startDhcp(options, { on, httpUrl, wanted, signal, shared });
    if (dhcp) parts.push(dhcp);
    return {
      interface: on,
      httpUrl,
      dhcpSocket: dhcp?.kind ?? 'off',
      advertises: dhcp?.advertises ?? false,
      ports: { http: http.port, tftp: tftp.port, dhcp: dhcp?.ports.dhcp ?? 0, pxe: dhcp?.ports.pxe ?? 0 },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Shared {
  readonly whereabouts: Whereabouts;
  readonly onBootEvent: BootEventSink;
  readonly clock: Clock;
  readonly log: Log;
}

function sharedParts({ clock, log, onBootEvent }: BootServiceOptions): Shared {
  return { whereabouts: new Whereabouts(), onBootEvent: pacedSink(onBootEvent, clock), clock, log };
}

const filesOf = ({ virtualFiles, roots, linkedFolders }: BootServiceOptions, by: 'http' | 'tftp'): FileProvider =>
  firstOf(virtualFiles, fromFolder(roots[by], linkedFolders));

interface Surroundings {
  readonly on: BootInterface;
  readonly httpUrl: string;
  readonly wanted: BootPorts;
  readonly signal: AbortSignal;
  readonly shared: Shared;
}

async function startDhcp(options: BootServiceOptions, around: Surroundings): Promise<DhcpListener> {
  const { on, httpUrl, wanted, signal, shared } = around;
  const mode = options.mode === 'proxy' ? 'proxy' : 'dhcp';
  const pools = mode === 'dhcp' ? (options.pools?.map(checkPool) ?? [derivePool(on)]) : [];
  const taken = async () => new Set([on.address, ...((await options.reserved?.()) ?? [])]);
  let listener: DhcpListener | undefined;
  const service = new DhcpService({
    ...shared,
    mode,
    pools,
    server: on.address,
    book: new LeaseBook(options.leases, options.clock, taken),
    boot: bootFilesOf(options.boot, httpUrl),
    lookup: options.lookup,
    strangers: options.strangers,
    announce: () => listener?.announce(),
  });
  const fds = handedOver(options.env ?? process.env);
  listener = await listenDhcp(
    {
      on,
      ports: { dhcp: wanted.dhcp, pxe: wanted.pxe },
      advertise: options.routerAdvertisement ?? true,
      sockets: options.sockets ?? 'best',
      fds,
      clock: options.clock,
      log: options.log,
      signal,
    },
    () => service,
  );
  return listener;
}

function handedOver(env: ListenEnv): { dhcp?: number; pxe?: number } {
  const dhcp = activatedFd(env, process.pid, 'dhcp');
  const pxe = activatedFd(env, process.pid, 'pxe');
  return { ...(dhcp !== undefined && { dhcp }), ...(pxe !== undefined && { pxe }) };
}

/** The boot files that were named, completed by iPXE's usual ones at `httpUrl`. */
export function bootFilesOf(named: Partial<BootFiles> | undefined, httpUrl: string): BootFiles {
  const loaders = { ...usualLoaders.ipxe, ...named?.loaders };
  const uris: Partial<Record<Platform, string>> = {};
  for (const [platform, file] of Object.entries(loaders)) {
    if (file.endsWith('.efi')) uris[platform as Platform] = `${httpUrl}/${file}`;
  }
  return { script: named?.script ?? `${httpUrl}/boot.ipxe`, loaders, uris: { ...uris, ...named?.uris } };
}
