// The sockets of the DHCP service: opened, watched and opened anew when the interface was made anew.
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { type DhcpSocket, type DhcpSocketKind, openDhcpSocket } from '../sockets/dhcp-socket.ts';
import { type Libc, loadLibc } from '../sockets/libc.ts';
import { type BootInterface, findInterface, interfaceIndex } from '../sockets/network-interface.ts';
import { type Announcer, openAnnouncer } from '../sockets/router-advertisement.ts';
import type { DhcpService } from './service.ts';

export interface DhcpListenerOptions {
  readonly on: BootInterface;
  readonly ports: { readonly dhcp: number; readonly pxe: number };
  /** Whether PXE clients are told by a router advertisement that there is no IPv6. */
  readonly advertise: boolean;
  /** `plain` leaves libc calls out even where they work. */
  readonly sockets: 'best' | 'plain';
  readonly fds: { readonly dhcp?: number; readonly pxe?: number };
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface DhcpListener {
  readonly kind: DhcpSocketKind;
  readonly advertises: boolean;
  readonly ports: { readonly dhcp: number; readonly pxe: number };
  announce(): void;
  close(): void;
}

interface Open {
  readonly on: BootInterface;
  readonly dhcp: DhcpSocket;
  readonly pxe: DhcpSocket;
  readonly announcer: Announcer | undefined;
}

const watchEvery = 5000; // ms

/** Listens on both ports and hands every message to `service()`. */
export async function listenDhcp(options: DhcpListenerOptions, service: () => DhcpService): Promise<DhcpListener> {
  const libc = await usableLibc(options);
  let open = await openAll(options, options.on, libc, service);
  const { log, advertise } = options;
  log.info(
    { interface: open.on.name, socket: open.dhcp.kind, router_advertisement: open.announcer !== undefined },
    `DHCP listens on ${open.on.name} ${open.on.address} (socket: ${open.dhcp.kind}; router advertisement for iPXE: ${open.announcer ? 'on' : advertise ? 'not possible' : 'off'})`,
  );
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  void watch(options, signal, async () => {
    if (open.dhcp.kind === 'handed over') return;
    const index = interfaceIndex(open.on.name);
    if (index === undefined || index === open.on.index) return;
    const fresh = findInterface({ interface: options.on.name, address: options.on.address });
    const next = await openAll(options, fresh, libc, service);
    closeAll(open);
    open = next;
    log.warn({ interface: fresh.name }, `${fresh.name} was made anew; the DHCP sockets were opened again`);
  });
  return {
    kind: open.dhcp.kind,
    advertises: open.announcer !== undefined,
    ports: { dhcp: open.dhcp.port, pxe: open.pxe.port },
    announce: () => announce(open.announcer, log),
    close: () => {
      stop.abort();
      closeAll(open);
    },
  };
}

async function usableLibc({ sockets, log }: DhcpListenerOptions): Promise<Libc | undefined> {
  if (sockets === 'plain') return undefined;
  const libc = await loadLibc();
  if (!('missing' in libc)) return libc;
  log.warn({}, `DHCP uses plain sockets, and iPXE waits 16 s for IPv6 at each start: ${libc.missing}`);
  return undefined;
}

async function openAll(
  options: DhcpListenerOptions,
  on: BootInterface,
  libc: Libc | undefined,
  service: () => DhcpService,
): Promise<Open> {
  const { log, fds, ports } = options;
  const onError = (error: Error) => log.warn({ interface: on.name }, `DHCP socket on ${on.name}: ${explain(error)}`);
  const port = async (heardOn: 'dhcp' | 'pxe', number: number, fd: number | undefined): Promise<DhcpSocket> => {
    const socket: DhcpSocket = await openDhcpSocket({
      on,
      port: number,
      fd,
      onError,
      libc,
      onMessage: (bytes, from) => void service().receive({ bytes, from, heardOn }, (...reply) => socket.send(...reply)),
    });
    return socket;
  };
  const dhcp = await port('dhcp', ports.dhcp, fds.dhcp);
  try {
    const pxe = await port('pxe', ports.pxe, fds.pxe);
    return { on, dhcp, pxe, announcer: options.advertise && libc ? tryAnnouncer(libc, on, log) : undefined };
  } catch (error) {
    dhcp.close();
    throw error;
  }
}

function tryAnnouncer(libc: Libc, on: BootInterface, log: Log): Announcer | undefined {
  try {
    return openAnnouncer(libc, on);
  } catch (error) {
    log.warn({}, `No router advertisement (it needs CAP_NET_RAW), iPXE waits 16 s for IPv6: ${explain(error)}`);
    return undefined;
  }
}

function announce(announcer: Announcer | undefined, log: Log): void {
  try {
    announcer?.announce();
  } catch (error) {
    log.debug({}, `The router advertisement was not sent: ${explain(error)}`);
  }
}

function closeAll({ dhcp, pxe, announcer }: Open): void {
  dhcp.close();
  pxe.close();
  announcer?.close();
}

async function watch({ clock, log }: DhcpListenerOptions, signal: AbortSignal, look: () => Promise<void>) {
  while (!signal.aborted) {
    try {
      await clock.sleep(watchEvery, signal);
      await look();
    } catch (error) {
      if (!signal.aborted) log.warn({}, `The DHCP sockets could not be opened again yet: ${explain(error)}`);
    }
  }
}
