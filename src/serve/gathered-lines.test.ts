import { expect, test } from 'vitest';
import { gatherLines } from './gathered-lines.ts';

const gather = () => {
  const written: string[] = [];
  const turns: (() => void)[] = [];
  const lines = gatherLines({ write: (text) => written.push(text) }, (work) => turns.push(work));
  return { written, turns, lines };
};

test('the lines of one turn go out together, in order', () => {
  const { written, turns, lines } = gather();
  lines.write('a\n');
  lines.write('b\n');
  expect(written).toEqual([]);
  for (const turn of turns.splice(0)) turn();
  lines.write('c\n');
  for (const turn of turns.splice(0)) turn();
  expect(written).toEqual(['a\nb\n', 'c\n']);
});

test('a flush writes at once, and nothing is written twice', () => {
  const { written, turns, lines } = gather();
  lines.write('a\n');
  lines.flush();
  for (const turn of turns) turn();
  expect(written).toEqual(['a\n']);
});
