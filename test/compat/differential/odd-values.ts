// Values that clients send by mistake, for whatever field.

const long = (length: number): string => 'a'.repeat(length);

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
  -1,
  1.5,
  2 ** 31,
  true,
  false,
  [],
  ['x'],
  {},
  { x: 1 },
  { 'a b': { c: null } },
  'ümlaut',
  'with/slash',
  long(33),
  long(65),
  long(256),
  '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  '3F2504E0-4F89-41D3-9A0C-0305E82C3302',
  '3f2504e04f8941d39a0c0305e82c3304',
];

/** The texts among them, and more, as arguments of a query. */
export const oddTexts: readonly string[] = [
  '',
  '%20',
  'x',
  'X',
  'None',
  'null',
  'true',
  'False',
  'yes',
  '1',
  '0',
  '-1',
  '1.5',
  'a,b',
  ',',
  '%00',
  '%C3%BC',
  '3f2504e0-4f89-41d3-9a0c-0305e82c3309',
];
