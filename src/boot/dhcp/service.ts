// DHCP and ProxyDHCP: reads questions, learns what the answer depends on, sends what answer() decides.
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { classify } from '#protocols/dhcp/client-class.ts';
import { messageType } from '#protocols/dhcp/options.ts';
import { type DhcpPacket, decodePacket, encodePacket, noAddress } from '#protocols/dhcp/packet.ts';
import { newPace } from '../pace.ts';
import type { BootEvent, BootEventKind, BootEventSink } from '../timeline/boot-event.ts';
import type { Whereabouts } from '../whereabouts.ts';
import { addressWanted, answer, type Destination, intentOf } from './answer.ts';
import { type BootFiles, nothingToBoot } from './boot-files.ts';
import type { BootLookup, BootTarget } from './boot-target.ts';
import type { Granted, LeaseBook } from './lease-book.ts';
import { inNetwork, type Pool, poolFor } from './pool.ts';

export interface DhcpServiceParts {
  readonly mode: 'dhcp' | 'proxy';
  readonly server: string;
  readonly pools: readonly Pool[];
  readonly book: LeaseBook;
  readonly boot: BootFiles;
  readonly lookup: BootLookup;
  /** What machines get that nobody enrolled; undefined: they get nothing. */
  readonly strangers: BootTarget | undefined;
  readonly whereabouts: Whereabouts;
  readonly onBootEvent: BootEventSink;
  /** Tells iPXE that there is no IPv6 here; called once for each message of a PXE client. */
  readonly announce: (() => void) | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Sends a reply; `source` of a destination was resolved by then. */
export type SendReply = (bytes: Buffer, port: number, address: string) => void;
export interface Question {
  readonly bytes: Buffer;
  readonly from: { readonly address: string; readonly port: number };
  readonly heardOn: 'dhcp' | 'pxe';
}

const mostAtOnce = 256;
const lookupDeadline = 5000; // ms

export class DhcpService {
  readonly #parts: DhcpServiceParts;
  readonly #busy = new Set<string>();
  readonly #known: ReturnType<typeof newPace>;
  readonly #strangers: ReturnType<typeof newPace>;
  readonly #enrolled = new Map<string, true>();

  constructor(parts: DhcpServiceParts) {
    this.#parts = parts;
    this.#known = newPace({ burst: 20, perSecond: 5, keys: 4096 }, parts.clock);
    // One bucket for all strangers: a flood of invented MACs costs 100 look-ups a second and starves no known machine.
    this.#strangers = newPace({ burst: 200, perSecond: 100, keys: 1 }, parts.clock);
  }

  /** Answer one question. Never throws and never rejects: what goes wrong is logged. */
  async receive(question: Question, send: SendReply): Promise<void> {
    const read = decodePacket(question.bytes);
    if ('malformed' in read) {
      this.#parts.log.debug({ from: question.from.address }, `DHCP message not understood: ${read.malformed}`);
      return;
    }
    const { packet } = read;
    if (packet.op !== 'request' || !isUnicastMac(packet.mac)) return;
    const key = `${packet.mac} ${packet.xid} ${messageType(packet.options)} ${question.heardOn}`;
    if (this.#busy.has(key) || this.#busy.size >= mostAtOnce || !this.#mayAsk(packet.mac)) return;
    this.#busy.add(key);
    try {
      await this.#answer(packet, question, send);
    } catch (error) {
      this.#parts.log.error({ mac: packet.mac }, `DHCP question of ${packet.mac} was not answered: ${explain(error)}`);
    } finally {
      this.#busy.delete(key);
    }
  }

  #mayAsk(mac: string): boolean {
    return this.#enrolled.has(mac) ? this.#known.takes(mac) : this.#strangers.takes('');
  }

  async #answer(packet: DhcpPacket, question: Question, send: SendReply): Promise<void> {
    const { lookup, strangers, announce, clock } = this.#parts;
    const found = await withDeadline(lookup(packet.mac), lookupDeadline, clock);
    const target = found ?? strangers;
    const { kind } = classify(packet.options);
    const tell = this.#teller(packet, found, kind);
    if (!target) return tell('dhcp-ignored', `${packet.mac} asks, but no node has this address`);
    if (found) this.#remember(packet.mac);
    tell(questionKind(packet), `${kind} asks${wish(packet)}`);
    if (announce && (kind === 'ipxe' || kind === 'pxe')) announce();
    this.#overhear(packet, found);
    const facts = await this.#facts(packet, question, target, !found);
    const decided = answer(packet, facts);
    if ('nothing' in decided) return tell('dhcp-ignored', decided.nothing);
    const { address, port } = resolve(decided.to, question);
    send(encodePacket(decided.reply), port, address);
    if (decided.reply.yiaddr !== noAddress) this.#learn(decided.reply.yiaddr, packet.mac, found);
    tell(decided.kind, decided.detail);
  }

  #teller(packet: DhcpPacket, found: BootTarget | undefined, client: NonNullable<BootEvent['client']>) {
    const { clock, onBootEvent } = this.#parts;
    const address = addressWanted(packet);
    return (kind: BootEventKind, detail: string): void =>
      onBootEvent({
        at: clock.now(),
        kind,
        detail,
        client,
        mac: packet.mac,
        ...(found?.node && { node: found.node }),
        ...(address && { address }),
      });
  }

  #remember(mac: string): void {
    this.#enrolled.delete(mac);
    this.#enrolled.set(mac, true);
    if (this.#enrolled.size > 65_536) this.#enrolled.delete(this.#enrolled.keys().next().value!);
  }

  // A REQUEST names the address that the client chose, also one of another server: later TFTP and HTTP come from there.
  #overhear(packet: DhcpPacket, found: BootTarget | undefined): void {
    const wanted = messageType(packet.options) === 'request' ? addressWanted(packet) : undefined;
    if (wanted) this.#learn(wanted, packet.mac, found);
  }

  #learn(address: string, mac: string, found: BootTarget | undefined): void {
    this.#parts.whereabouts.learn(address, { mac, ...(found?.node && { node: found.node }) });
  }

  async #facts(packet: DhcpPacket, question: Question, target: BootTarget, stranger: boolean) {
    const { mode, server, boot, pools } = this.#parts;
    const files = target.boot === 'none' ? nothingToBoot : (target.boot ?? boot);
    const base = { mode, server, boot: files, heardOn: question.heardOn };
    if (mode === 'proxy' || question.heardOn === 'pxe') return base;
    const pool = poolFor(packet, pools, server);
    if (!pool) return base;
    const granted = await this.#grant(packet, target, pool, stranger);
    const hostname = target.hostname && hostShape.test(target.hostname) ? target.hostname : undefined;
    return { ...base, pool, ...(granted && { granted }), ...(hostname && { hostname }) };
  }

  /** What the lease book says to this question; undefined where the question is not about an address. */
  async #grant(packet: DhcpPacket, target: BootTarget, pool: Pool, stranger: boolean): Promise<Granted | undefined> {
    const { book, server, log } = this.#parts;
    const { mac } = packet;
    const requested = addressWanted(packet);
    const wishes = { mac, pool, stranger, ...(target.address && { reserved: target.address }) };
    switch (intentOf(packet, server)) {
      case 'offer':
        return book.offer({ ...wishes, ...(requested && { requested }) });
      case 'take':
      case 'renew':
      case 'reboot':
        return requested ? book.confirm({ ...wishes, requested }) : undefined;
      case 'release':
        if (requested) await book.release(mac, requested);
        return undefined;
      case 'decline':
        if (requested && inNetwork(pool, requested) && (await book.decline(mac, requested, pool)))
          log.warn({ mac, address: requested }, `${mac} found ${requested} in use by another machine; it is set aside`);
        return undefined;
      default:
        return undefined;
    }
  }
}

const hostShape = /^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$/;

const isUnicastMac = (mac: string): boolean =>
  mac !== '00:00:00:00:00:00' && (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0;

const kinds: Partial<Record<string, BootEventKind>> = {
  discover: 'dhcp-discover',
  request: 'dhcp-request',
  inform: 'dhcp-inform',
  decline: 'dhcp-decline',
  release: 'dhcp-release',
};
const questionKind = (packet: DhcpPacket): BootEventKind => kinds[messageType(packet.options) ?? ''] ?? 'dhcp-ignored';

function wish(packet: DhcpPacket): string {
  const address = addressWanted(packet);
  return `${address ? ` for ${address}` : ''}${packet.giaddr === noAddress ? '' : ` through the relay ${packet.giaddr}`}`;
}

function resolve(to: Destination, question: Question): { address: string; port: number } {
  return to === 'source' ? question.from : to;
}

async function withDeadline<T>(work: Promise<T>, ms: number, clock: Clock): Promise<T> {
  const stop = new AbortController();
  const late = clock.sleep(ms, stop.signal).then(
    () => Promise.reject(new Error(`the look-up of the machine took longer than ${ms} ms`)),
    () => work,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
  }
}
