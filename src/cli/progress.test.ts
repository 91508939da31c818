import { expect, test } from 'vitest';
import { atRest, lineOf, lookAt, percentOf } from './progress.ts';
import { ProgressLine } from './progress-line.ts';

const plan = (count: number) => Array.from({ length: count }, (_, i) => ({ interface: 'deploy', step: `s${i + 1}` }));
const deploying = (state: string, index: number, of = 4) => ({
  provision_state: state,
  target_provision_state: 'active',
  deploy_step: { interface: 'deploy', step: `s${index + 1}` },
  driver_internal_info: { deploy_steps: plan(of), deploy_step_index: index },
});
const at = (provision_state: string, target_provision_state: string | null = null) => ({
  provision_state,
  target_provision_state,
});

for (const [what, node, verb, percent] of [
  ['at rest', at('active'), 'active', 100],
  ['before its plan is made', at('deploying', 'active'), 'active', 4],
  ['in its first step', deploying('deploying', 0), 'active', 8],
  ['waiting in its first step', deploying('wait call-back', 0), 'active', 15],
  ['waiting in its last step', deploying('wait call-back', 3), 'active', 87],
  ['past its last step', deploying('deploying', 4), 'active', 80],
  ['past the end of an empty plan', deploying('deploying', 1, 0), 'active', 4],
  ['verifying', at('verifying', 'manageable'), 'manage', 20],
  ['deleting', at('deleting', 'available'), 'deleted', 4],
  ['cleaning after a deletion', at('clean wait', 'available'), 'deleted', 20],
  ['cleaning when it is provided', at('clean wait', 'available'), 'provide', 4],
] as const) {
  test(`a node ${what} is at ${percent} %`, () => {
    expect(percentOf(lookAt(node), verb)).toBe(percent);
  });
}

for (const [node, rests] of [
  [at('available'), true],
  [at('deploy failed', 'active'), true],
  [at('error', 'available'), true],
  [at('clean hold', 'available'), true],
  [at('clean wait', 'available'), false],
  [at('deleting', 'available'), false],
] as const) {
  test(`${node.provision_state} with the target ${node.target_provision_state} ${rests ? 'is' : 'is not'} at rest`, () => {
    expect(atRest(lookAt(node))).toBe(rests);
  });
}

test('the step is named with its number, and without one where the plan is not known', () => {
  expect(lookAt(deploying('wait call-back', 1)).step).toEqual({ name: 'deploy.s2', number: 2, of: 4 });
  const unplanned = { ...at('cleaning', 'available'), clean_step: { interface: 'raid', step: 'x' } };
  expect(lookAt(unplanned).step).toEqual({ name: 'raid.x' });
  expect(lookAt({ ...at('active'), deploy_step: {} }).step).toBeUndefined();
});

test('a line tells name, state, per cent, seconds and step, and fits the terminal', () => {
  const line = lineOf('n1', lookAt(deploying('wait call-back', 1)), 39, 3.21, 200);
  expect(line).toBe('n1  wait call-back  [########............]  39 %    3.2 s  step 2/4 deploy.s2');
  expect(lineOf('n1', lookAt(at('active')), 100, 3, 40)).toHaveLength(39);
});

function record(isTerminal: boolean) {
  const written: string[] = [];
  const sink = { write: (text: string) => void written.push(text), isTerminal, columns: 120 };
  return { line: new ProgressLine(sink, false, 'n1'), written };
}

test('without a terminal a line is written for each new state or step, not for each look', () => {
  const { line, written } = record(false);
  for (const index of [0, 0, 1, 1]) line.show(lookAt(deploying('wait call-back', index)), index * 10, 1);
  line.show(lookAt(at('active')), 100, 2);
  line.end();
  expect(written).toHaveLength(3);
  expect(written.every((text) => text.endsWith('\n') && !text.includes('\x1b'))).toBe(true);
});

test('on a terminal one line is rewritten, per cent never go back, and the end leaves the line', () => {
  const { line, written } = record(true);
  line.show(lookAt(deploying('wait call-back', 1)), 40, 1);
  line.show(lookAt(at('deploy failed', 'active')), 0, 2);
  line.end();
  line.end();
  expect(written).toHaveLength(3);
  expect(written[1]).toMatch(/^\r\x1b\[Kn1 {2}deploy failed .* 40 %/);
  expect(written[2]).toBe('\n');
});

test('a line of progress never breaks, whatever per cent it is given', () => {
  for (const percent of [-20, 0, 55, 100, 140])
    expect(lineOf('sim-1', lookAt(at('cleaning', 'available')), percent, 1, 100)).toContain('[');
});
