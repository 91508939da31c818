import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { saidBy } from './errors.ts';

const extended = (info: unknown) => JSON.stringify({ error: { message: 'general', '@Message.ExtendedInfo': info } });

test.each([
  [extended([{ Message: 'First.' }, { MessageId: 'Base.1.0.Second' }]), 'First. Base.1.0.Second'],
  [extended({ Message: 'Not in a list.' }), 'Not in a list.'],
  [extended([]), 'general'],
  ['<html>Busy</html>', '<html>Busy</html>'],
  ['', 'no reason given'],
  ['null', 'null'],
])('%j says %j', (text, said) => expect(saidBy(text)).toBe(said));

test('any body says something short', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const said = saidBy(text);
      expect(said.length).toBeGreaterThan(0);
      expect(said.length).toBeLessThanOrEqual(500);
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.jsonValue(), (info) => void saidBy(extended(info))),
    { numRuns: 300 },
  );
});
