import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathIn } from './door.ts';
import { judgeTask, retryAfterMs } from './task-monitor.ts';

test.each([
  ['a monitor that is gone', 404, {}, { is: 'done' }],
  ['an empty answer of a running monitor', 202, {}, { is: 'running' }],
  ['a task that runs', 200, { TaskState: 'Running', PercentComplete: 7 }, { is: 'running', percent: 7 }],
  ['a task that ended well', 200, { TaskState: 'Completed', TaskStatus: 'Warning' }, { is: 'done' }],
  ['a task that ended critically', 200, { TaskState: 'Completed', TaskStatus: 'Critical' }, { is: 'failed' }],
  ['a task that was killed', 200, { TaskState: 'Killed' }, { is: 'failed' }],
  ['the answer of the operation itself', 200, { Id: '1' }, { is: 'done' }],
  ['a task within the answer', 202, { Task: { TaskState: 'Exception' } }, { is: 'failed' }],
])('%s', (_what, status, body, verdict) => expect(judgeTask(status, body)).toMatchObject(verdict));

test.each([
  ['5', 5000],
  ['100000', 300_000],
  ['Thu, 01 Jan 1970 00:00:10 GMT', 10_000],
  ['soon', undefined],
  ['', undefined],
])('Retry-After %j', (header, ms) => expect(retryAfterMs(header, 0)).toBe(ms));

test.each([
  ['/redfish/v1/Systems/1', '/redfish/v1/Systems/1'],
  ['https://other.example/redfish/v1/TaskService/1?x=1#/y', '/redfish/v1/TaskService/1?x=1'],
  ['//other.example/a', '/a'],
  ['/a/../b', '/b'],
  ['file:///etc/passwd', undefined],
  ['javascript:alert(1)', undefined],
  ['', undefined],
  [7, undefined],
])('the path in the link %j is %j', (link, path) => expect(pathIn({ origin: 'https://bmc' }, link)).toBe(path));

test('any link is a path of the door, or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.webPath()), (link) => {
      const path = pathIn({ origin: 'https://bmc' }, link);
      if (path !== undefined) expect(new URL(`https://bmc${path}`).host).toBe('bmc');
    }),
    { numRuns: 300 },
  );
});
