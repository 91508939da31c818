import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Control, startControl } from './control.ts';
import type { Machine } from './machine.ts';
import { NoSuchMachine } from './rack.ts';
import { type OneMachine, oneMachine } from './testing/one-machine.ts';

let box: OneMachine;
let control: Control;

beforeEach(async () => {
  box = oneMachine({});
  const machine = (name: string): Machine => {
    if (name === 'box-1') return box.machine;
    throw new NoSuchMachine({ name, known: 'box-1' });
  };
  control = await startControl({ machines: [box.machine], machine }, '127.0.0.1:0');
});
afterEach(async () => {
  await control.close();
  await box.close();
});

async function call(method: string, path: string, body?: unknown) {
  const reply = await fetch(control.url + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  // biome-ignore lint/suspicious/noExplicitAny: looked at by tests
  return { status: reply.status, body: (await reply.json()) as any };
}

test('power is pulled and given behind the BMC', async () => {
  expect((await call('PUT', '/machines/box-1/power', { power: 'on' })).body).toMatchObject({ power: 'on' });
  expect(box.machine.power()).toBe('on');
  await call('PUT', '/machines/box-1/power', { power: 'off' });
  expect(box.machine.power()).toBe('off');
  expect((await call('GET', '/machines')).body).toMatchObject([{ name: 'box-1', power: 'off', running: 'nothing' }]);
});

test('faults are given and taken away', async () => {
  const given = await call('PUT', '/machines/box-1/faults', { faults: ['loss=5%', 'silent', 'other:stuck-power'] });
  expect(given.body.faults).toEqual(['loss=5%', 'silent']);
  expect(box.machine.hardware.faults.get('loss')).toBe(0.05);
  expect((await call('PUT', '/machines/box-1/faults', { faults: [] })).body.faults).toEqual([]);
});

test('the console can be read', async () => {
  box.machine.hardware.console.line('hello');
  expect((await call('GET', '/machines/box-1/console')).body).toEqual({ console: 'hello\r\n' });
});

for (const [method, path, body, status, says] of [
  ['GET', '/machines/none', undefined, 404, /no simulated machine "none"/],
  ['GET', '/nothing', undefined, 404, /GET \/machines/],
  ['PUT', '/machines/box-1/power', { power: 'up' }, 400, /must be one of on, off/],
  ['PUT', '/machines/box-1/faults', { faults: ['x'] }, 400, /no fault "x"/],
  ['PUT', '/machines/box-1/faults', { faults: 'silent' }, 400, /must be a list/],
  ['PUT', '/machines/box-1/power', ['on'], 400, /JSON object/],
] as const) {
  test(`${method} ${path} with ${JSON.stringify(body)} is ${status}, with a sentence`, async () => {
    const reply = await call(method, path, body);
    expect(reply.status).toBe(status);
    expect(reply.body.error).toMatch(says);
  });
}

test('a control port that is not on loopback is refused', () =>
  expect(startControl({ machines: [], machine: () => box.machine }, '0.0.0.0:0')).rejects.toThrow(/LOOPBACK/));
