import { describe, expect, test } from 'vitest';
import { judge, leftAlone, missesAfter, notRecovering, type Seen, type Sighting, type Verdict } from './power-sync.ts';

const usual: Sighting = { recorded: 'power on', seen: 'power on', misses: 0, maxMisses: 3, force: true };

for (const [when, change, verdict] of [
  ['the record holds', {}, 'agree'],
  ['the record holds after three misses', { misses: 3 }, 'agree'],
  ['it is wrong, and the machine may be forced', { seen: 'power off' }, 'force'],
  ['it is wrong, and we may not force', { seen: 'power off', force: false }, 'record'],
  ['forcing was of no use three times', { seen: 'power off', misses: 3 }, 'give up'],
  ['nothing was recorded', { recorded: null }, 'learn'],
  ['nothing was recorded, and nothing is known', { recorded: null, seen: null }, 'agree'],
  ['the record is no state to force', { recorded: 'error' }, 'record'],
  ['the BMC is silent', { seen: 'unreachable' }, 'wait'],
  ['the BMC is silent for the third time', { seen: 'unreachable', misses: 2 }, 'wait'],
  ['the BMC is silent once too often', { seen: 'unreachable', misses: 3 }, 'give up'],
  ['the BMC tells of an error once too often', { seen: 'error', misses: 3 }, 'give up'],
  ['one miss is too many already', { seen: 'unreachable', maxMisses: 0 }, 'give up'],
] as const satisfies readonly (readonly [string, Partial<Sighting>, Verdict])[]) {
  test(`${verdict} when ${when}`, () => expect(judge({ ...usual, ...change })).toBe(verdict));
}

describe('in every combination', () => {
  const every: Sighting[] = [];
  for (const recorded of ['power on', 'power off', 'error', null])
    for (const seen of ['power on', 'power off', null, 'error', 'unreachable'] as Seen[])
      for (const maxMisses of [0, 1, 3])
        for (let misses = 0; misses <= maxMisses + 1; misses++)
          for (const force of [true, false]) every.push({ recorded, seen, misses, maxMisses, force });

  test('nothing that holds is changed, and nothing else is left', () => {
    for (const one of every) expect(judge(one) === 'agree').toBe(one.seen !== 'error' && one.seen === one.recorded);
  });

  test('a machine is forced only when that is wanted, towards on or off, and before it is given up', () => {
    for (const one of every) {
      const forced = judge(one) === 'force';
      if (forced) expect(one.force && one.misses < one.maxMisses && one.recorded?.startsWith('power')).toBe(true);
    }
  });

  test('whoever is not known is never written down', () => {
    for (const one of every)
      if (one.seen === 'error' || one.seen === 'unreachable') expect(['wait', 'give up']).toContain(judge(one));
  });

  test('a machine that never agrees is given up after as many looks as the option says, and one', () => {
    for (const one of every.filter((s) => s.misses === 0 && s.seen !== s.recorded && s.recorded !== null)) {
      let misses = 0;
      const verdicts: Verdict[] = [];
      while (verdicts.at(-1) !== 'give up' && verdicts.length < 20) {
        verdicts.push(judge({ ...one, misses }));
        misses = missesAfter(verdicts.at(-1)!, misses);
      }
      expect(verdicts).toHaveLength(one.maxMisses + 1);
    }
  });
});

const node = { provision_state: 'active', maintenance: false, target_power_state: null, driver_internal_info: {} };

for (const [change, why] of [
  [{}, undefined],
  [{ maintenance: true }, 'maintenance'],
  [{ provision_state: 'enroll' }, 'state enroll'],
  [{ provision_state: 'clean wait' }, 'state clean wait'],
  [{ provision_state: 'wait call-back' }, 'state wait call-back'],
  [{ provision_state: 'adopt failed' }, 'state adopt failed'],
  [{ target_power_state: 'power on' }, 'a power action is under way'],
  [{ driver_internal_info: { redfish_fw_updates: [] } }, 'its firmware is being updated'],
] as const)
  test(`a node with ${JSON.stringify(change)} is ${why ? `left alone: ${why}` : 'looked at'}`, () =>
    expect(leftAlone({ ...node, ...change })).toBe(why));

const given = { ...node, maintenance: true, fault: 'power failure' };

for (const [change, recovers] of [
  [{}, true],
  [{ fault: null }, false],
  [{ fault: 'clean failure' }, false],
  [{ maintenance: false }, false],
  [{ provision_state: 'enroll' }, false],
  [{ target_power_state: 'power on' }, false],
] as const)
  test(`a node given up, with ${JSON.stringify(change)}, ${recovers ? 'may recover' : 'is not lifted'}`, () =>
    expect(notRecovering({ ...given, ...change }) === undefined).toBe(recovers));
