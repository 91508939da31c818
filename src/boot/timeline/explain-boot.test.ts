import { expect, test } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { machineInPath, Whereabouts } from '../whereabouts.ts';
import type { BootEvent } from './boot-event.ts';
import { explainBoot } from './explain-boot.ts';
import { pacedSink } from './paced-sink.ts';

const event = (kind: BootEvent['kind'], more: Partial<BootEvent> = {}): BootEvent => ({
  at: 0,
  kind,
  detail: '',
  ...more,
});
const dhcp = [
  event('dhcp-discover', { client: 'ipxe' }),
  event('dhcp-offer', { client: 'ipxe', detail: '10.0.0.9, boot file x' }),
];
const http = (path: string, bytes = 10) => event('http', { path, bytes });
const node = '6a7b1c2d-0000-4000-8000-00000000b007';
const until = {
  script: [...dhcp, http('boot.ipxe')],
  config: [...dhcp, http('boot.ipxe'), http('pxelinux.cfg/52-54-00-77-00-01')],
  ramdisk: [
    ...dhcp,
    http('boot.ipxe'),
    http('pxelinux.cfg/52-54-00-77-00-01'),
    http(`${node}/deploy_kernel`),
    http(`${node}/deploy_ramdisk`),
  ],
};

for (const [what, events, sentence] of [
  ['silence', [], /^Nothing was heard from this machine/],
  [
    'an unknown MAC',
    [event('dhcp-ignored', { detail: 'no node has it' })],
    /^Its DHCP question was not answered: no node has it\.$/,
  ],
  [
    'no address left',
    [dhcp[0]!, event('dhcp-ignored', { detail: 'the pool is used up' })],
    /^The machine asked by DHCP, but its DHCP question was not answered: the pool is used up\.$/,
  ],
  [
    'a refusal',
    [dhcp[0]!, event('dhcp-nak', { detail: 'it is fixed elsewhere' })],
    /DHCP refused: it is fixed elsewhere\.$/,
  ],
  ['an answer and nothing more', dhcp, /^DHCP answered, but the first boot script was never asked for/],
  [
    'firmware that never fetches',
    dhcp.map((e) => ({ ...e, client: 'pxe' as const })),
    /but no boot file was ever asked for: another DHCP server/,
  ],
  [
    'no file for the platform',
    [dhcp[0]!, event('dhcp-offer', { detail: '10.0.0.9, no boot file for pxe on arm-uefi' })],
    /the answer held no boot file for pxe on arm-uefi\.$/,
  ],
  ['a size probe only', [...dhcp, event('tftp', { path: 'snponly.efi', bytes: 0 })], /^DHCP answered, but /],
  [
    'the loader alone',
    [...dhcp, event('tftp', { path: 'snponly.efi', bytes: 9 })],
    /loader was fetched, but the first boot script was never asked for/,
  ],
  [
    'the script alone',
    until.script,
    /script was fetched, but the node's boot file was never asked for: .*not among the node's ports/,
  ],
  ['the boot file alone', until.config, /boot file was fetched, but the kernel was never asked for/],
  [
    'a kernel that is missing',
    [...until.config, event('http-failed', { path: `${node}/deploy_kernel`, detail: 'GET 404' })],
    /but HTTP of \/.*deploy_kernel failed: GET 404\.$/,
  ],
  [
    'a failure that was mended',
    [...dhcp, event('http-failed', { path: 'boot.ipxe', detail: 'x' }), ...until.config],
    /kernel was never asked for/,
  ],
  ['everything but life', until.ramdisk, /and the ramdisk was fetched, but the system that was started never asked/],
  [
    'everything',
    [...until.ramdisk, event('dhcp-discover', { client: 'os' })],
    /ramdisk was fetched and the started system asked for an address\.$/,
  ],
] as const) {
  test(`after ${what} the sentence is right`, () => {
    const said = explainBoot(events);
    expect(said).toMatch(sentence);
    expect(said).toMatch(/^[A-Z].*[^.]\.$/);
  });
}

for (const [path, machine] of [
  [`${node}/config`, { node }],
  ['pxelinux.cfg/52-54-00-77-00-0a', { mac: '52:54:00:77:00:0a' }],
  ['pxelinux.cfg/01-52-54-00-77-00-0A', { mac: '52:54:00:77:00:0a' }],
  ['grub.cfg-01-52-54-00-77-00-0a', { mac: '52:54:00:77:00:0a' }],
  ['52:54:00:77:00:0a.conf', { mac: '52:54:00:77:00:0a' }],
  ['boot.ipxe', {}],
] as const) {
  test(`${path} tells ${JSON.stringify(machine)}`, () => expect(machineInPath(path)).toEqual(machine));
}

test('an address is another machine when another MAC got it, and few are remembered', () => {
  const known = new Whereabouts(2);
  known.learn('10.0.0.1', { mac: 'a', node: 'one' });
  known.learn('10.0.0.1', { mac: 'a' });
  expect(known.who('10.0.0.1')).toEqual({ mac: 'a', node: 'one' });
  known.learn('10.0.0.1', { mac: 'b' });
  expect(known.who('10.0.0.1')).toEqual({ mac: 'b' });
  known.learn('10.0.0.2', { mac: 'c' });
  known.learn('10.0.0.3', { mac: 'd' });
  expect(known.who('10.0.0.1')).toEqual({});
});

test('one noisy machine cannot fill the timeline', () => {
  const told: BootEvent[] = [];
  const clock = new ManualClock();
  const sink = pacedSink((e) => told.push(e), clock);
  for (let i = 0; i < 1000; i++) sink(event('http', { mac: 'a' }));
  sink(event('http', { mac: 'b' }));
  expect(told).toHaveLength(201);
  clock.advance(1000);
  sink(event('http', { mac: 'a' }));
  expect(told).toHaveLength(202);
});
