// Long operations of a simulated BMC: they take their time, and then it is done.
import type { Clock } from '#base/clock.ts';
import { type Answer, collection, type Json, notFound, resource } from './reply.ts';

interface Task {
  readonly id: string;
  readonly name: string;
  readonly machine: string;
  readonly startedAt: number;
  readonly ms: number;
  readonly end: () => void;
  readonly fails: boolean;
  ended: boolean;
}

const tasksPath = '/redfish/v1/TaskService/Tasks';
const most = 1000;

export class Tasks {
  readonly #clock: Clock;
  readonly #tasks = new Map<string, Task>();
  #made = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begin an operation that takes `ms`; `end` is what it does. The answer names its monitor. */
  begin(order: { name: string; machine: string; ms: number; fails: boolean; end: () => void }): Answer {
    this.#made += 1;
    const task: Task = { ...order, id: String(this.#made), startedAt: this.#clock.now(), ended: false };
    this.#tasks.set(task.id, task);
    const [oldest] = this.#tasks.keys();
    if (oldest !== undefined && this.#tasks.size > most) this.#tasks.delete(oldest);
    const seconds = Math.ceil(Math.min(task.ms, 1000) / 1000);
    return {
      status: 202,
      headers: {
        Location: `/redfish/v1/TaskService/TaskMonitors/${task.id}`,
        ...(seconds > 1 && { 'Retry-After': String(seconds) }),
      },
      body: this.#shown(task),
    };
  }

  /** What should have ended by now has. */
  settle(): void {
    for (const task of this.#tasks.values()) {
      if (task.ended || this.#clock.now() - task.startedAt < task.ms) continue;
      task.ended = true;
      if (!task.fails) task.end();
    }
  }

  list(): Json {
    return collection(
      tasksPath,
      'Task',
      [...this.#tasks.keys()].map((id) => `${tasksPath}/${id}`),
    );
  }

  show(id: string): Answer {
    const task = this.#tasks.get(id);
    return task ? { status: 200, body: this.#shown(task) } : notFound(`${tasksPath}/${id}`);
  }

  /** 202 while it runs, then the task itself. */
  monitor(id: string): Answer {
    const task = this.#tasks.get(id);
    if (!task) return notFound(`/redfish/v1/TaskService/TaskMonitors/${id}`);
    return { status: task.ended ? 200 : 202, body: this.#shown(task) };
  }

  #shown(task: Task): Json {
    const part = Math.min(1, (this.#clock.now() - task.startedAt) / Math.max(1, task.ms));
    const failed = task.ended && task.fails;
    const message = failed ? 'The operation failed, as this simulated machine was told to make it.' : 'Done.';
    return resource(`${tasksPath}/${task.id}`, 'Task.v1_7_1.Task', task.id, task.name, {
      TaskState: task.ended ? (failed ? 'Exception' : 'Completed') : 'Running',
      TaskStatus: failed ? 'Critical' : 'OK',
      PercentComplete: task.ended ? 100 : Math.floor(part * 100),
      StartTime: new Date(task.startedAt).toISOString(),
      Messages: task.ended ? [{ MessageId: 'Base.1.12.Success', Message: message, MessageArgs: [] }] : [],
    });
  }
}
