import { expect, test } from 'vitest';
import { askedSettings, attributesOf, differences, registryOf, settingsFrom, toChange } from './bios-settings.ts';

const registry = registryOf({
  RegistryEntries: {
    Attributes: [
      {
        AttributeName: 'Turbo',
        Type: 'Enumeration',
        ReadOnly: false,
        Value: [{ ValueName: 'On' }, { ValueName: 'Off' }],
      },
      { AttributeName: 'Serial', Type: 'String', ReadOnly: true },
      { AttributeName: 'Nodes', Type: 'Integer', LowerBound: 1, UpperBound: 4 },
      { Type: 'nameless' },
      null,
    ],
  },
});
const now = attributesOf({ Attributes: { Turbo: 'On', Serial: 'X', Nodes: 1, Deep: true, Odd: { a: 1 } } });

test('rows tell what the registry knows', () => {
  const rows = settingsFrom(now, registry);
  expect(rows.map(({ name, value }) => `${name}=${value}`)).toEqual(['Turbo=On', 'Serial=X', 'Nodes=1', 'Deep=true']);
  expect(rows[0]).toMatchObject({ attribute_type: 'Enumeration', allowable_values: ['On', 'Off'], read_only: false });
  expect(rows[2]).toMatchObject({ lower_bound: 1, upper_bound: 4 });
  expect(rows[3]).toEqual({ name: 'Deep', value: 'true' });
});

test.each([
  [[{ name: 'Turbo', value: 'Off' }], { Turbo: 'Off' }],
  [[{ name: 'Turbo', value: 'On' }], {}],
  [[{ name: 'Nodes', value: '2' }], { Nodes: 2 }],
  [[{ name: 'Deep', value: 'False' }], { Deep: false }],
  [[{ name: 'Serial', value: 'X' }], {}],
  [[{ name: 'Turbo', value: 7 }], { Turbo: '7' }],
])('of %j is to be changed %j', (settings, changes) =>
  expect(toChange(askedSettings(settings), now, registry)).toEqual(changes),
);

test.each<[unknown, RegExp]>([
  [[{ name: 'Serial', value: 'Y' }], /cannot be changed: Serial/],
  [[{ name: 'Other', value: 1 }], /has no settings Other/],
  [[{ value: 1 }], /has no name/],
  [[{ name: 'Turbo' }], /"Turbo" has no value/],
  [[{ name: 'Turbo', value: {} }], /has no value/],
  [[], /a list/],
  ['Turbo=Off', /a list/],
])('%j is refused', (settings, why) => expect(() => toChange(askedSettings(settings), now, registry)).toThrow(why));

test('what was not taken over is named', () => {
  expect(differences({ Turbo: 'Off', Nodes: 1 }, now)).toEqual(['Turbo is "On" instead of "Off"']);
});
