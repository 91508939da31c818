import { expect, test } from 'vitest';
import { explainNode } from './explain.ts';

const now = Date.parse('2026-11-23T12:10:00Z');
const node = (provision_state: string, more: object = {}) => ({
  uuid: 'u',
  name: 'n1',
  provision_state,
  power_state: 'power on',
  ...more,
});

test('a node that waits: since when, at which step, and when its ramdisk was last heard', () => {
  const told = explainNode(
    node('wait call-back', {
      target_provision_state: 'active',
      provision_updated_at: '2026-11-23T12:00:00+00:00',
      deploy_step: { interface: 'deploy', step: 'write_image' },
      driver_internal_info: {
        deploy_steps: [{}, {}, {}],
        deploy_step_index: 1,
        agent_last_heartbeat: '2026-11-23T12:09:30.000000',
      },
    }),
    {},
    [],
    now,
  );
  expect(told.is).toEqual([
    'Node n1 is wait call-back since 10 min, on the way to active; power on.',
    'It is at step 2 of 3, deploy.write_image.',
    'It waits for its ramdisk, last heard 30 s ago.',
  ]);
  expect(told.next).toEqual(['ingot node wait n1']);
});

test('a node that failed: its error, maintenance, lock, interfaces, events, and the way on', () => {
  const told = explainNode(
    node('clean failed', {
      maintenance: true,
      maintenance_reason: 'fan',
      last_error: 'No agent.',
      reservation: 'host-a',
    }),
    { power: { result: true }, boot: { result: false, reason: 'no kernel' } },
    [{ created_at: 't', event: 'Began cleaning.' }],
    now,
  );
  expect(told.is.slice(1)).toEqual([
    'Last error: No agent.',
    'It is in maintenance: fan.',
    'It is locked by host-a.',
    'Its boot interface is not in order: no kernel',
    't  Began cleaning.',
  ]);
  expect(told.next).toEqual(['ingot node manage n1', 'ingot node maintenance n1 off']);
});

test('a BMC that never answered is told', () => {
  expect(explainNode(node('enroll', { power_state: null }), {}, [], now).is[1]).toMatch(/BMC has not answered yet/);
});
