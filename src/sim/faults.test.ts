import { expect, test } from 'vitest';
import { faultKinds, faultLines, faultsFor, faultText, parseFault, powerIsStuck } from './faults.ts';

for (const [text, order] of [
  ['latency=200ms', { name: 'latency', value: 200 }],
  ['latency=1.5s', { name: 'latency', value: 1500 }],
  ['loss=5%', { name: 'loss', value: 0.05 }],
  ['sessions', { name: 'sessions', value: 1 }],
  ['sessions=4', { name: 'sessions', value: 4 }],
  ['stuck-power', { name: 'stuck-power', value: 'any' }],
  ['stuck-power=on', { name: 'stuck-power', value: 'on' }],
  ['silent', { name: 'silent', value: true }],
  ['agent-dies-in=write_image', { name: 'agent-dies-in', value: 'write_image' }],
  ['sim-3:agent-never-starts', { machine: 'sim-3', name: 'agent-never-starts', value: true }],
] as const) {
  test(`${text} is read`, () => expect(parseFault(text)).toEqual(order));
}

for (const [text, says] of [
  ['nonsense', /no fault "nonsense".*latency=DURATION.*boot-loop/],
  ['constructor', /no fault "constructor"/],
  ['latency', /latency cannot take "".*duration/],
  ['loss=150%', /loss cannot take "150%".*percentage/],
  ['silent=yes', /silent cannot take "yes": it wants no value/],
  ['agent-dies-in', /agent-dies-in cannot take "".*step/],
] as const) {
  test(`"${text}" is refused with what there is`, () => expect(() => parseFault(text)).toThrow(says));
}

test('every fault is told in a line', () => {
  expect(faultLines()).toHaveLength(Object.keys(faultKinds).length);
  expect(faultLines()).toContain('sessions[=COUNT]: the BMC has room for only so many sessions');
});

test('a fault for one machine strikes no other', () => {
  const orders = ['silent', 'a:loss=1%', 'b:loss=2%'].map(parseFault);
  expect([...faultsFor('b', orders)]).toEqual([
    ['silent', true],
    ['loss', 0.02],
  ]);
});

for (const [text, on, off] of [
  ['stuck-power', true, true],
  ['stuck-power=on', true, false],
  ['stuck-power=off', false, true],
] as const) {
  test(`${text}: stuck while on ${on}, while off ${off}`, () => {
    const faults = faultsFor('x', [parseFault(text)]);
    expect([powerIsStuck(faults, 'on'), powerIsStuck(faults, 'off')]).toEqual([on, off]);
  });
}

for (const text of [
  'latency=200ms',
  'loss=0.5%',
  'loss=7%',
  'sessions=2',
  'stuck-power=off',
  'silent',
  'agent-dies-in=x',
]) {
  test(`${text} is told as it was given`, () => {
    const { name, value } = parseFault(text);
    expect(faultText(name, value)).toBe(text);
  });
}
