// What is answered to a DHCP question, decided without I/O. RFC 2131 §4.3; PXE 2.1 §2.2; client facts in docs/boot.md.

import { ipToNumber, numberToIp } from '#protocols/dhcp/addresses.ts';
import { type Client, classify } from '#protocols/dhcp/client-class.ts';
import {
  addresses,
  addressIn,
  byte,
  type MessageType,
  messageCodes,
  messageType,
  option,
  text,
  uint32,
} from '#protocols/dhcp/options.ts';
import { blankPacket, type DhcpPacket, noAddress } from '#protocols/dhcp/packet.ts';
import type { BootEventKind } from '../timeline/boot-event.ts';
import { type BootFiles, bootFileFor } from './boot-files.ts';
import type { Granted } from './lease-book.ts';
import type { Pool } from './pool.ts';

/** What is known when a question is to be answered. */
export interface DhcpFacts {
  readonly mode: 'dhcp' | 'proxy';
  /** Which port heard it: 67 (`dhcp`) or 4011 (`pxe`). */
  readonly heardOn: 'dhcp' | 'pxe';
  /** Our own address. */
  readonly server: string;
  readonly boot: BootFiles;
  /** Full mode: the network's facts, and the address granted or why there is none. */
  readonly pool?: Pool;
  readonly granted?: Granted;
  readonly hostname?: string;
}

/** `source`: back to where the question came from. */
export type Destination = 'source' | { readonly address: string; readonly port: 67 | 68 };

export type Answer =
  | { readonly reply: DhcpPacket; readonly to: Destination; readonly kind: BootEventKind; readonly detail: string }
  | { readonly nothing: string };

/** What the client wants, apart from who it is. `elsewhere`: it chose another server. */
export type Intent = 'offer' | 'take' | 'renew' | 'reboot' | 'inform' | 'decline' | 'release' | 'elsewhere' | 'unclear';

export function intentOf(question: DhcpPacket, server: string): Intent {
  const type = messageType(question.options);
  const chosen = addressIn(question.options, option.serverId);
  if (type === 'discover') return 'offer';
  if (type === 'inform') return 'inform';
  if (chosen !== undefined && chosen !== server) return 'elsewhere';
  if (type === 'decline' || type === 'release') return type;
  if (type !== 'request') return 'unclear';
  if (chosen !== undefined) return addressWanted(question) ? 'take' : 'unclear';
  if (question.ciaddr !== noAddress) return 'renew';
  return question.options.has(option.requestedAddress) ? 'reboot' : 'unclear';
}

/** The address that a REQUEST, DECLINE or RELEASE speaks of. */
export function addressWanted(question: DhcpPacket): string | undefined {
  const named = addressIn(question.options, option.requestedAddress);
  return named ?? (question.ciaddr === noAddress ? undefined : question.ciaddr);
}

/** The answer to a question, or nothing and why. */
export function answer(question: DhcpPacket, facts: DhcpFacts): Answer {
  const client = classify(question.options);
  if (facts.heardOn === 'pxe') return answerPxe(question, client, facts);
  return facts.mode === 'proxy' ? answerProxy(question, client, facts) : answerFull(question, client, facts);
}

function answerPxe(question: DhcpPacket, client: Client, facts: DhcpFacts): Answer {
  const type = messageType(question.options);
  if (type !== 'request' && type !== 'inform') return { nothing: `port 4011 does not answer ${type ?? 'BOOTP'}` };
  const file = bootFileFor(client, facts.boot);
  if (!file) return { nothing: noFile(client) };
  const reply = makeReply(question, 'ack', facts, bootFields(client, file, facts));
  return { reply, to: 'source', kind: 'proxy-ack', detail: `boot file ${file}` };
}

function answerProxy(question: DhcpPacket, client: Client, facts: DhcpFacts): Answer {
  const type = messageType(question.options);
  if (type !== 'discover') return { nothing: `in proxy mode only DISCOVER is answered, not ${type ?? 'BOOTP'}` };
  if (client.kind === 'os') return { nothing: 'an operating system asks, its addresses come from the other server' };
  const file = bootFileFor(client, facts.boot);
  if (!file) return { nothing: noFile(client) };
  const reply = makeReply(question, 'offer', facts, bootFields(client, file, facts));
  return { reply, to: destination(question), kind: 'proxy-offer', detail: `boot file ${file}` };
}

function answerFull(question: DhcpPacket, client: Client, facts: DhcpFacts): Answer {
  const intent = intentOf(question, facts.server);
  switch (intent) {
    case 'offer':
      return withAddress(question, client, facts, 'offer');
    case 'take':
    case 'renew':
    case 'reboot':
      return withAddress(question, client, facts, 'ack');
    case 'inform':
      return informed(question, client, facts);
    case 'elsewhere':
      return { nothing: `the client chose the server ${addressIn(question.options, option.serverId)}` };
    case 'unclear':
      return { nothing: 'neither a DISCOVER nor a complete REQUEST' };
    default:
      return { nothing: `${intent} has no answer` };
  }
}

function withAddress(question: DhcpPacket, client: Client, facts: DhcpFacts, type: 'offer' | 'ack'): Answer {
  const { granted, pool } = facts;
  if (!pool) return { nothing: `no pool for the network of ${question.giaddr}` };
  if (!granted) return { nothing: 'no address was looked for' };
  if ('none' in granted) return type === 'offer' ? { nothing: granted.none } : refusal(question, facts, granted.none);
  const file = bootFileFor(client, facts.boot);
  const fields = bootFields(client, file, facts);
  const options = new Map([...networkOptions(pool, facts), ...leaseOptions(pool), ...fields.options]);
  const reply = makeReply(question, type, facts, { ...fields, yiaddr: granted.address, options });
  const detail = file ? `${granted.address}, boot file ${file}` : `${granted.address}, ${noFile(client)}`;
  return { reply, to: destination(question), kind: type === 'offer' ? 'dhcp-offer' : 'dhcp-ack', detail };
}

function informed(question: DhcpPacket, client: Client, facts: DhcpFacts): Answer {
  if (!facts.pool) return { nothing: `no pool for the network of ${question.ciaddr}` };
  if (question.ciaddr === noAddress) return { nothing: 'an INFORM without the address of its sender' };
  const file = bootFileFor(client, facts.boot);
  const fields = bootFields(client, file, facts);
  const options = new Map([...networkOptions(facts.pool, facts), ...fields.options]);
  const reply = makeReply(question, 'ack', facts, { ...fields, options });
  return { reply, to: { address: question.ciaddr, port: 68 }, kind: 'dhcp-ack', detail: file ?? noFile(client) };
}

function refusal(question: DhcpPacket, facts: DhcpFacts, why: string): Answer {
  const options = new Map([[option.message, text(why.slice(0, 200))]]);
  const reply = makeReply(question, 'nak', facts, { options });
  // RFC 2131 §4.3.2: through a relay with the broadcast bit, else broadcast; the client's own address may be wrong.
  const relayed = question.giaddr !== noAddress;
  return {
    reply: { ...reply, ciaddr: noAddress, broadcast: relayed || question.broadcast },
    to: relayed ? { address: question.giaddr, port: 67 } : everyone,
    kind: 'dhcp-nak',
    detail: why,
  };
}

const noFile = (client: Client): string =>
  client.kind === 'os'
    ? 'no boot file (an operating system asks)'
    : `no boot file for ${client.kind} on ${client.platform ?? 'an unknown platform'}`;

const everyone: Destination = { address: '255.255.255.255', port: 68 };

// Limited broadcast whatever the flag says: the one way that iPXE, OVMF PXE and OVMF HTTP boot all accept without ARP.
function destination(question: DhcpPacket): Destination {
  if (question.giaddr !== noAddress) return { address: question.giaddr, port: 67 };
  if (question.ciaddr !== noAddress) return { address: question.ciaddr, port: 68 };
  return everyone;
}

const echoed = [option.clientId, option.clientUuid, option.relayInfo]; // RFC 6842, RFC 4578 §2.3, RFC 3046 §2.2

function makeReply(question: DhcpPacket, type: MessageType, facts: DhcpFacts, fields: Partial<DhcpPacket>): DhcpPacket {
  const options = new Map<number, Buffer>([
    [option.messageType, byte(messageCodes[type])],
    [option.serverId, addresses(facts.server)],
  ]);
  for (const [code, value] of fields.options ?? []) options.set(code, value);
  for (const code of echoed) {
    const value = question.options.get(code);
    if (value) options.set(code, value);
  }
  const { xid, mac, giaddr, broadcast } = question;
  const ciaddr = type === 'ack' ? question.ciaddr : noAddress;
  return blankPacket({ op: 'reply', xid, mac, giaddr, broadcast, ciaddr, ...fields, options });
}

/** Option 43 "use the boot file of this very offer": without it OVMF goes on to port 4011 and may fail there. */
const useThisFile = Buffer.from([6, 1, 8, 255]);

type BootFields = Pick<DhcpPacket, 'options'> & Partial<Pick<DhcpPacket, 'siaddr' | 'file'>>;

function bootFields(client: Client, file: string | undefined, facts: DhcpFacts): BootFields {
  if (client.kind === 'os' || !file) return { options: new Map() };
  const vendorClass = client.kind === 'http' ? 'HTTPClient' : 'PXEClient';
  const options = new Map<number, Buffer>([
    [option.vendorClass, text(vendorClass)],
    [option.bootFile, text(client.kind === 'pxe' ? `${file}\0` : file)],
  ]);
  if (client.kind === 'pxe') {
    if (facts.heardOn === 'dhcp') options.set(option.vendor, useThisFile);
    options.set(option.tftpServer, text(facts.server));
    options.set(option.tftpAddress, addresses(facts.server));
  }
  return { options, siaddr: facts.server, ...(file.length < 128 && { file }) };
}

function networkOptions(pool: Pool, facts: DhcpFacts): Map<number, Buffer> {
  const mask = ipToNumber(pool.netmask);
  const options = new Map<number, Buffer>([
    [option.subnetMask, addresses(pool.netmask)],
    [option.broadcast, addresses(numberToIp((ipToNumber(pool.first) | ~mask) >>> 0))],
  ]);
  if (pool.router) options.set(option.router, addresses(pool.router));
  if (pool.dns?.length) options.set(option.dns, addresses(...pool.dns));
  if (pool.ntp?.length) options.set(option.ntp, addresses(...pool.ntp));
  if (pool.domain) options.set(option.domainName, text(pool.domain));
  if (facts.hostname) options.set(option.hostName, text(facts.hostname));
  return options;
}

function leaseOptions(pool: Pool): Map<number, Buffer> {
  const seconds = pool.leaseSeconds;
  return new Map([
    [option.leaseTime, uint32(seconds)],
    [option.renewalTime, uint32(Math.floor(seconds / 2))],
    [option.rebindingTime, uint32(Math.floor((seconds * 7) / 8))],
  ]);
}
