import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('never more than so many works are under way, and all of them end', async () => {
  const slots = new Slots(3);
  let most = 0;
  let ended = 0;
  for (let n = 0; n < 20; n++)
    await slots.run(async () => {
      most = Math.max(most, slots.taken);
      await new Promise((resolve) => setImmediate(resolve));
      ended++;
    });
  await slots.empty();
  expect([most, ended, slots.taken]).toEqual([3, 20, 0]);
});

test('whoever else has work in the process has a turn after a few begun works', async () => {
  const slots = new Slots(1000);
  let turns = 0;
  const begunBefore: number[] = [];
  let begun = 0;
  const other = () => {
    begunBefore.push(begun);
    if (++turns < 100) setImmediate(other);
  };
  setImmediate(other);
  for (let n = 0; n < 200; n++)
    await slots.run(async () => {
      begun++;
    });
  turns = 100;
  const steps = begunBefore.map((count, n) => count - (begunBefore[n - 1] ?? 0));
  expect(Math.max(...steps)).toBeLessThanOrEqual(16);
  expect(begunBefore.length).toBeGreaterThan(10);
});
