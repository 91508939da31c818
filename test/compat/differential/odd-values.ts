// Values that clients send by mistake, for whatever field.

/** Of every JSON type, and the spellings that lenient readers take for another one. */
export const oddValues: readonly unknown[] = [
  null,
  '',
  'x',
  ' x ',
  'TRUE',
  'maybe',
  '1',
  0,
  1,
  1.5,
  true,
  [],
  ['x'],
  {},
  { 'a b': { c: null } },
  'ümlaut',
  'with/slash',
  'a'.repeat(81),
  '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  '3f2504e04f8941d39a0c0305e82c3304',
];

/** The texts among them, and more, as arguments of a query. */
export const oddTexts: readonly string[] = [
  '',
  '%20',
  'x',
  'None',
  'true',
  'False',
  '1',
  '0',
  '1.5',
  'a,b',
  '%C3%BC',
  '3f2504e0-4f89-41d3-9a0c-0305e82c3309',
];
