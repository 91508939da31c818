import { describe, expect, test, vi } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { Alarms } from './alarms.ts';
import { Circuit } from './circuit.ts';
import { Pace } from './pace.ts';
import { RoundTrip } from './round-trip.ts';
import { SequenceWindow } from './sequence-window.ts';

describe('alarms', () => {
  test('ring in the order of their times, whenever they were set, and not when cancelled', async () => {
    const clock = new ManualClock(0);
    const alarms = new Alarms(clock);
    const rung: number[] = [];
    for (const ms of [500, 100, 300, 200, 400]) alarms.after(ms, () => rung.push(ms));
    alarms.after(250, () => rung.push(250)).cancel();
    for (const now of [100, 200, 300, 400, 500]) {
      await vi.waitFor(() => expect(clock.sleeping).toBe(1));
      clock.advance(now - clock.now());
      await vi.waitFor(() => expect(rung.at(-1)).toBe(now));
    }
    expect(rung).toEqual([100, 200, 300, 400, 500]);
  });

  test('one that is set while the clock sleeps for a later one rings in time', async () => {
    const clock = new ManualClock(0);
    const alarms = new Alarms(clock);
    const rung: string[] = [];
    alarms.after(10_000, () => rung.push('late'));
    await vi.waitFor(() => expect(clock.sleeping).toBe(1));
    alarms.after(50, () => rung.push('soon'));
    await vi.waitFor(() => expect(clock.sleeping).toBe(1));
    clock.advance(50);
    await vi.waitFor(() => expect(rung).toEqual(['soon']));
    alarms.close();
  });
});

describe('many alarms of one moment', () => {
  const ringAtOnce = async (alarms: Alarms, clock: ManualClock, ring: () => void) => {
    for (let n = 0; n < 100; n++) alarms.after(50, ring);
    await vi.waitFor(() => expect(clock.sleeping).toBe(1));
    clock.advance(50);
  };

  test('ring over several turns of the loop, so that nothing else waits for all of them', async () => {
    const clock = new ManualClock(0);
    const alarms = new Alarms(clock);
    let [rung, inThisTurn, most] = [0, 0, 0];
    const nextTurn = () => {
      inThisTurn = 0;
      if (rung < 100) setImmediate(nextTurn);
    };
    nextTurn();
    await ringAtOnce(alarms, clock, () => {
      rung++;
      most = Math.max(most, ++inThisTurn);
    });
    await vi.waitFor(() => expect(rung).toBe(100));
    expect(most).toBeLessThanOrEqual(32);
  });

  test('ring no more once they are closed', async () => {
    const clock = new ManualClock(0);
    const alarms = new Alarms(clock);
    let rung = 0;
    await ringAtOnce(alarms, clock, () => {
      if (++rung === 16) setImmediate(() => alarms.close());
    });
    await vi.waitFor(() => expect(rung).toBeGreaterThanOrEqual(16));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(rung).toBeLessThanOrEqual(32);
  });
});

describe('the sequence window', () => {
  for (const [what, numbers, taken] of [
    ['takes numbers in order', [1, 2, 3], [true, true, true]],
    ['takes late ones once', [5, 3, 3, 4, 5], [true, true, false, true, false]],
    ['takes no 0', [0], [false]],
    ['takes none more than 15 ahead', [1, 17, 16], [true, false, true]],
    ['takes none more than 15 behind', [40, 25, 24], [true, true, false]],
    ['goes round the end', [0xffff_fffe, 0xffff_ffff, 1, 0xffff_ffff], [true, true, true, false]],
  ] as const)
    test(what, () => {
      const window = new SequenceWindow();
      expect(numbers.map((n) => window.take(n))).toEqual(taken);
    });
});

describe('the wait for an answer', () => {
  test('is a second at first, doubles with each packet, and follows what was measured', () => {
    const trip = new RoundTrip();
    expect([1, 2, 3, 4, 5].map((sends) => trip.waitAfter(sends, 0))).toEqual([1000, 2000, 4000, 8000, 8000]);
    for (let i = 0; i < 50; i++) trip.measured(400, 1);
    expect(trip.waitAfter(1, 0)).toBeCloseTo(400, -1);
    trip.measured(7_000, 3);
    expect(trip.waitAfter(1, 0)).toBeCloseTo(400, -1);
    expect(trip.waitAfter(1, 1)).toBeCloseTo(500, -1);
  });

  test('learns from a slow BMC even if its first answer took several packets', () => {
    const trip = new RoundTrip();
    trip.measured(2_500, 2);
    expect(trip.waitAfter(1, 0)).toBeGreaterThan(2_500);
  });
});

test('the circuit opens after so many silences, lets one through after its pause, and doubles the pause', () => {
  const circuit = new Circuit({ failures: 2, pauseMs: 100, longestPauseMs: 150 });
  circuit.silent(0, 0.5);
  expect(circuit.blocked(1)).toBeUndefined();
  circuit.silent(10, 0.5);
  expect(circuit.blocked(109)).toEqual({ failures: 2, since: 0, retryAt: 110 });
  expect(circuit.blocked(110)).toBeUndefined();
  circuit.silent(120, 0.5);
  expect(circuit.blocked(269)).toMatchObject({ failures: 3, retryAt: 270 });
  circuit.answered();
  expect(circuit.blocked(121)).toBeUndefined();
});

test('a place whose BMC keeps silent goes to the next', async () => {
  const clock = new ManualClock(0);
  const pace = new Pace(clock, new Alarms(clock), 1);
  const first = await pace.enter();
  let admitted = false;
  void Promise.resolve(pace.enter()).then(() => {
    admitted = true;
  });
  for (let now = 0; now < 100 && !admitted; now += 10) {
    await vi.waitFor(() => expect(clock.sleeping).toBe(1));
    clock.advance(10);
    await new Promise(setImmediate);
  }
  expect(admitted).toBe(true);
  expect(first.at).toBe(0);
});
