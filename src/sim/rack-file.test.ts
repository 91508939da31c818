import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { loadRack, RackFile } from './rack-file.ts';
import { type OneMachine, oneMachine } from './testing/one-machine.ts';

let folder: string;
let box: OneMachine;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rack-'));
  box = oneMachine({});
});
afterEach(async () => {
  await box.close();
  await rm(folder, { recursive: true });
});

test('a change is written soon, in a file that is whole at any time', async () => {
  const file = new RackFile(folder, [box.machine], systemClock, silent);
  await box.machine.set('on');
  await vi.waitFor(async () => expect((await loadRack(folder)).get('box-1')).toMatchObject({ power: 'on' }));
  await file.close();
});

test('what there is at the end is kept, and nothing after it', async () => {
  const file = new RackFile(folder, [box.machine], systemClock, silent);
  box.machine.bootParameters.set(5, Uint8Array.of(0xe0, 0x08));
  await file.close();
  const kept = await readFile(join(folder, 'rack.json'), 'utf8');
  await box.machine.set('on');
  expect(await readFile(join(folder, 'rack.json'), 'utf8')).toBe(kept);
  expect((await loadRack(folder)).get('box-1')?.bootParameters).toEqual({ 5: 'e008000000' });
});

test('a folder without state is an empty one', async () => expect((await loadRack(join(folder, 'new'))).size).toBe(0));

for (const [what, text] of [
  ['no JSON', 'x'],
  ['another format', '{"format":9}'],
]) {
  test(`state that is ${what} is refused with the file's name`, async () => {
    await writeFile(join(folder, 'rack.json'), text!);
    await expect(loadRack(folder)).rejects.toThrow(/rack\.json cannot be read .* move the file away/);
  });
}
