// How a long operation of a BMC stands (DSP0266 §12.2; reference: redfish/resources.md §2 task).
import { type Json, numberOf, part, parts, textOf } from './document.ts';

export type TaskProgress =
  | { readonly is: 'running'; readonly percent?: number }
  | { readonly is: 'done'; readonly body: Json }
  | { readonly is: 'failed'; readonly why: string };

const running: ReadonlySet<string> = new Set([
  'New',
  'Starting',
  'Running',
  'Suspended',
  'Interrupted',
  'Pending',
  'Stopping',
  'Service',
  'Cancelling',
]);
const failed: ReadonlySet<string> = new Set(['Killed', 'Exception', 'Cancelled']);

/** What the messages of a task say, one after the other. */
export function messagesOf(task: Json): string {
  const said = parts(task, 'Messages').flatMap((message) => textOf(message.Message) ?? textOf(message.MessageId) ?? []);
  return said.slice(-5).join(' ').slice(0, 500);
}

/** What the answer of a task monitor, or a task itself, tells. A monitor that is gone has nothing left to tell. */
export function judgeTask(status: number, body: Json): TaskProgress {
  if (status === 404 || status === 410) return { is: 'done', body: {} };
  const task = Object.hasOwn(body, 'TaskState') ? body : part(body, 'Task');
  const state = textOf(task.TaskState);
  const percent = numberOf(task.PercentComplete);
  if (state !== undefined && failed.has(state))
    return { is: 'failed', why: `the task ended as ${state}: ${messagesOf(task) || 'no reason given'}` };
  if (state === 'Completed') {
    if (textOf(task.TaskStatus) === 'Critical')
      return { is: 'failed', why: `the task ended in a critical state: ${messagesOf(task) || 'no reason given'}` };
    return { is: 'done', body };
  }
  if (status === 202 || (state !== undefined && running.has(state)))
    return { is: 'running', ...(percent !== undefined && { percent }) };
  return { is: 'done', body };
}

/** Milliseconds that a `Retry-After` header asks for, bounded; undefined where it asks for none. */
export function retryAfterMs(header: unknown, now: number): number | undefined {
  if (typeof header !== 'string' || !header.trim()) return undefined;
  const seconds = /^\s*\d{1,9}\s*$/.test(header) ? Number(header) : (Date.parse(header) - now) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), 300) * 1000 : undefined;
}
