import { describe, expect, test } from 'vitest';
import { judge, leftAlone, missesAfter, notRecovering, type Seen, type Sighting, type Verdict } from './power-sync.ts';
import { states } from './provision-states.ts';

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

// Each cell: before too many misses with and without force, then after too many with and without force.
const letters = { a: 'agree', w: 'wait', l: 'learn', r: 'record', f: 'force', g: 'give up' } as const;
const seenHeads = ['power on', 'power off', null, 'error', 'unreachable'] as const satisfies readonly Seen[];
const table = [
  ['power on', 'aaaa', 'frgg', 'frgg', 'wwgg', 'wwgg'],
  ['power off', 'frgg', 'aaaa', 'frgg', 'wwgg', 'wwgg'],
  ['error', 'rrgg', 'rrgg', 'rrgg', 'wwgg', 'wwgg'],
  [null, 'llll', 'llll', 'aaaa', 'wwgg', 'wwgg'],
] as const;

for (const [recorded, ...cells] of table)
  for (const [column, cell] of cells.entries())
    test(`recorded ${recorded}, seen ${seenHeads[column]}: ${cell}`, () => {
      const seen = seenHeads[column]!;
      for (const maxMisses of [0, 1, 3])
        for (let misses = 0; misses <= maxMisses + 2; misses++)
          for (const force of [true, false]) {
            const letter = cell[(misses >= maxMisses ? 2 : 0) + (force ? 0 : 1)] as keyof typeof letters;
            expect([misses, maxMisses, judge({ recorded, seen, misses, maxMisses, force })]).toEqual([
              misses,
              maxMisses,
              letters[letter],
            ]);
          }
    });

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

test('which nodes are left alone, in every combination of state, maintenance, target and notes', () => {
  const never = ['wait call-back', 'clean wait', 'enroll', 'adopt failed'];
  for (const provision_state of Object.keys(states))
    for (const maintenance of [true, false])
      for (const target_power_state of ['power on', null])
        for (const driver_internal_info of [{}, { redfish_fw_updates: [] }]) {
          const candidate = { provision_state, maintenance, target_power_state, driver_internal_info };
          const free = !maintenance && !never.includes(provision_state) && target_power_state === null;
          const looked = free && !('redfish_fw_updates' in driver_internal_info);
          expect([candidate, leftAlone(candidate) === undefined]).toEqual([candidate, looked]);
        }
});

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
