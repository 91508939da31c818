import { describe, expect, test } from 'vitest';
import { type ClientMarks, clientMessage } from '#protocols/dhcp/client-messages.ts';
import { addressIn, messageType, option, text, textIn } from '#protocols/dhcp/options.ts';
import { decodePacket, encodePacket } from '#protocols/dhcp/packet.ts';
import { type Answer, answer, type DhcpFacts, intentOf } from './answer.ts';
import { nothingToBoot } from './boot-files.ts';

const mac = '52:54:00:77:00:01';
const server = '192.168.77.1';
const http = 'http://192.168.77.1:8080';
const pool = { netmask: '255.255.255.0', first: '192.168.77.128', last: '192.168.77.254', leaseSeconds: 600 };
const full: DhcpFacts = {
  mode: 'dhcp',
  heardOn: 'dhcp',
  server,
  pool,
  granted: { address: '192.168.77.130' },
  boot: {
    script: `${http}/boot.ipxe`,
    loaders: { 'x86-bios': 'undionly.kpxe', 'x86_64-uefi': 'snponly.efi' },
    uris: { 'x86_64-uefi': `${http}/snponly.efi` },
  },
};
const proxy: DhcpFacts = { mode: 'proxy', heardOn: 'dhcp', server, boot: full.boot };
const discover = (as: ClientMarks) => clientMessage({ type: 'discover', mac, xid: 9, as });

/** What a client sees of an answer, as text. */
function seen(decided: Answer): string {
  if ('nothing' in decided) return 'nothing';
  const read = decodePacket(encodePacket(decided.reply));
  if (!('packet' in read)) throw new Error(read.malformed);
  const { options, yiaddr, siaddr, file } = read.packet;
  const to = decided.to === 'source' ? 'source' : `${decided.to.address}:${decided.to.port}`;
  return [
    `${messageType(options)} to ${to}`,
    yiaddr !== '0.0.0.0' && yiaddr,
    siaddr !== '0.0.0.0' && `siaddr ${siaddr}`,
    file && `file ${file}`,
    options.has(67) && `67 ${textIn(options, 67)}`,
    options.has(66) && `66 ${textIn(options, 66)}`,
    options.has(60) && `60 ${textIn(options, 60)}`,
    options.has(43) && `43 ${options.get(43)?.toString('hex')}`,
  ]
    .filter(Boolean)
    .join(', ');
}

const all = '255.255.255.255:68';
const script = `file ${http}/boot.ipxe, 67 ${http}/boot.ipxe, 60 PXEClient`;
const uri = `file ${http}/snponly.efi, 67 ${http}/snponly.efi, 60 HTTPClient`;
const pxeFile = (name: string) => `file ${name}, 67 ${name}, 66 ${server}, 60 PXEClient, 43 060108ff`;
const from = `siaddr ${server}`;

describe('a DISCOVER', () => {
  for (const [as, facts, expected] of [
    ['ipxe', full, `offer to ${all}, 192.168.77.130, ${from}, ${script}`],
    ['uefi-pxe', full, `offer to ${all}, 192.168.77.130, ${from}, ${pxeFile('snponly.efi')}`],
    ['bios-pxe', full, `offer to ${all}, 192.168.77.130, ${from}, ${pxeFile('undionly.kpxe')}`],
    ['uefi-http', full, `offer to ${all}, 192.168.77.130, ${from}, ${uri}`],
    ['os', full, `offer to ${all}, 192.168.77.130`],
    ['ipxe', { ...full, boot: nothingToBoot }, `offer to ${all}, 192.168.77.130`],
    ['ipxe', { ...full, granted: { none: 'the pool is used up' } }, 'nothing'],
    ['ipxe', proxy, `offer to ${all}, ${from}, ${script}`],
    ['uefi-pxe', proxy, `offer to ${all}, ${from}, ${pxeFile('snponly.efi')}`],
    ['bios-pxe', proxy, `offer to ${all}, ${from}, ${pxeFile('undionly.kpxe')}`],
    ['uefi-http', proxy, `offer to ${all}, ${from}, ${uri}`],
    ['os', proxy, 'nothing'],
    ['uefi-pxe', { ...proxy, boot: nothingToBoot }, 'nothing'],
  ] as const satisfies [ClientMarks, DhcpFacts, string][]) {
    test(`of ${as} in mode ${facts.mode}: ${expected}`, () => expect(seen(answer(discover(as), facts))).toBe(expected));
  }
});

describe('a question on port 4011', () => {
  const ask = (as: ClientMarks, type: 'request' | 'inform' | 'discover') =>
    clientMessage({ type, mac, xid: 9, as, ciaddr: '192.168.77.130' });
  const plain = pxeFile('snponly.efi').replace(/, 43.*/, '');
  for (const [as, type, facts, expected] of [
    ['uefi-pxe', 'request', proxy, `ack to source, ${from}, ${plain}`],
    ['uefi-pxe', 'inform', proxy, `ack to source, ${from}, ${plain}`],
    ['uefi-pxe', 'request', full, `ack to source, ${from}, ${plain}`],
    ['uefi-pxe', 'discover', proxy, 'nothing'],
    ['os', 'request', proxy, 'nothing'],
  ] as const) {
    test(`${type} of ${as} in mode ${facts.mode}: ${expected}`, () => {
      expect(seen(answer(ask(as, type), { ...facts, heardOn: 'pxe' }))).toBe(expected);
    });
  }
});

describe('a REQUEST', () => {
  const request = { type: 'request', mac, xid: 9 } as const;
  const theirs = '192.168.77.130';
  const none: DhcpFacts = { ...full, granted: { none: 'it is of another network' } };
  for (const [what, question, facts, expected] of [
    ['that takes our offer', { ...request, server, requested: theirs }, full, `ack to ${all}, ${theirs}`],
    ['that takes another offer', { ...request, server: '192.168.77.2', requested: theirs }, full, 'nothing'],
    ['after a restart', { ...request, requested: theirs }, full, `ack to ${all}, ${theirs}`],
    ['after a move', { ...request, requested: '10.0.0.9' }, none, `nak to ${all}`],
    ['that renews', { ...request, ciaddr: theirs }, full, `ack to ${theirs}:68, ${theirs}`],
    ['that renews what is not its own', { ...request, ciaddr: '192.168.77.9' }, none, `nak to ${all}`],
    ['without an address', request, full, 'nothing'],
    [
      'through a relay',
      { ...request, server, requested: theirs, giaddr: '192.168.77.9' },
      full,
      `ack to 192.168.77.9:67, ${theirs}`,
    ],
    [
      'refused through a relay',
      { ...request, server, requested: theirs, giaddr: '192.168.77.9' },
      none,
      'nak to 192.168.77.9:67',
    ],
    ['in proxy mode', { ...request, server: '192.168.77.2', requested: theirs, as: 'ipxe' }, proxy, 'nothing'],
  ] as const) {
    test(`${what}: ${expected}`, () => expect(seen(answer(clientMessage(question), facts))).toBe(expected));
  }

  test('refused through a relay is sent on as a broadcast', () => {
    const question = clientMessage({ ...request, server, requested: theirs, giaddr: '192.168.77.9' });
    expect(answer(question, none)).toMatchObject({ reply: { broadcast: true, giaddr: '192.168.77.9' } });
  });
});

test('an INFORM gets the network without an address or a lease', () => {
  const decided = answer(clientMessage({ type: 'inform', mac, xid: 1, ciaddr: '192.168.77.9' }), full);
  if ('nothing' in decided) throw new Error(decided.nothing);
  expect(seen(decided)).toBe('ack to 192.168.77.9:68');
  expect(decided.reply.options.has(option.leaseTime)).toBe(false);
  expect(addressIn(decided.reply.options, option.subnetMask)).toBe('255.255.255.0');
});

test('client identity, machine UUID and relay information come back as they were sent', () => {
  const also = [option.clientId, option.clientUuid, option.relayInfo].map((code) => [code, text(`x${code}`)] as const);
  const decided = answer(clientMessage({ type: 'discover', mac, xid: 77, also, broadcast: true }), full);
  if ('nothing' in decided) throw new Error(decided.nothing);
  expect(also.map(([code]) => textIn(decided.reply.options, code))).toEqual(['x61', 'x97', 'x82']);
  expect(decided.reply).toMatchObject({ xid: 77, broadcast: true, mac });
});

test('a URL of more than 127 characters goes into option 67 alone', () => {
  const long = `${http}/${'x'.repeat(200)}.ipxe`;
  const decided = answer(discover('ipxe'), { ...full, boot: { ...full.boot, script: long } });
  if ('nothing' in decided) throw new Error(decided.nothing);
  expect([decided.reply.file, textIn(decided.reply.options, 67)]).toEqual(['', long]);
});

for (const [type, change, intent] of [
  ['discover', {}, 'offer'],
  ['decline', { server, requested: '192.168.77.130' }, 'decline'],
  ['decline', { server: '192.168.77.2', requested: '192.168.77.130' }, 'elsewhere'],
  ['release', { server, ciaddr: '192.168.77.130' }, 'release'],
  ['offer', {}, 'unclear'],
  ['request', { server }, 'unclear'],
] as const) {
  test(`${type} ${JSON.stringify(change)} means ${intent}`, () => {
    expect(intentOf(clientMessage({ type, mac, xid: 1, ...change }), server)).toBe(intent);
  });
}
