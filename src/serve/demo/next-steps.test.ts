import { expect, test } from 'vitest';
import { demoUrls } from './demo-files.ts';
import { nextSteps } from './next-steps.ts';

const stepsFor = (states: readonly string[], usualUrl = true) =>
  nextSteps({
    program: './ingot',
    url: 'http://127.0.0.1:6385',
    usualUrl,
    files: demoUrls('http://127.0.0.1:8088'),
    nodes: states.map((state, i) => ({ name: `sim-${i + 1}`, state })),
  });

for (const [states, says] of [
  [
    ['active', 'enroll'],
    ['node manage sim-2 --watch && ./ingot node provide sim-2', 'node deploy sim-2', 'node undeploy sim-1'],
  ],
  [
    ['active', 'active', 'manageable'],
    ['node provide sim-3', 'node deploy sim-3'],
  ],
  [
    ['active', 'active', 'available'],
    ['node explain sim-3', 'node deploy sim-3'],
  ],
  [
    ['active', 'active'],
    ['node explain sim-1', 'node rebuild sim-1'],
  ],
] as const) {
  test(`with nodes that are ${states.join(', ')} what is proposed can be done`, () => {
    const text = stepsFor(states);
    expect(text.match(/^ {2}\d\. /gm)).toHaveLength(5);
    for (const command of says) expect(text).toContain(command);
  });
}

test('at another address than the usual one the commands name it', () => {
  expect(stepsFor(['active'], false)).toContain('INGOT_URL=http://127.0.0.1:6385 ./ingot node list');
});
