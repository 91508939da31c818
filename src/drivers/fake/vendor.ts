// vendor interface "fake": methods of each form that a vendor's method can have (reference: hardware.json, vendor/fake).
import { MissingParameterValue } from '#contract/errors.ts';
import { done, type Step, type Task, type VendorFace, type VendorMethod } from '../kinds.ts';
import { pretend } from './delay.ts';

/** A method that says whether its argument `bar` is the word it knows. */
const knows = (word: string, form: Pick<VendorMethod, 'async' | 'exclusive'>): VendorMethod => ({
  httpMethods: ['POST'],
  description: `Says whether "bar" is the word it knows (${form.async ? 'in the background' : 'at once'}).`,
  ...form,
  validate(_task, { bar }) {
    if (!bar) throw new MissingParameterValue({ why: 'The argument "bar" is missing.' });
  },
  async run(task, { bar }) {
    await pretend(task, 'vendor');
    return bar === word;
  },
});

async function logged(task: Task, message: unknown): Promise<void> {
  await pretend(task, 'vendor');
  task.log.info({ message: String(message ?? '') }, 'the fake vendor was asked to log this');
}

const logPassthrough: Step = {
  step: 'log_passthrough',
  in: { clean: 1, service: 0 },
  ramdisk: false,
  again: true,
  async run(task) {
    await logged(task, 'as a step');
    return done;
  },
};

const triggerServiceWait: Step = {
  step: 'trigger_servicewait',
  in: { service: 0 },
  again: true,
  async run(task) {
    await pretend(task, 'vendor');
    return { is: 'wait', on: 'external', for: 'somebody to end the wait that a step of the fake vendor asked for' };
  },
};

export const fakeVendor: VendorFace = {
  name: 'fake',
  properties: { B1: 'B1 description. Required.', B2: 'B2 description. Required.' },
  steps: [logPassthrough, triggerServiceWait],
  passthru: {
    second_method: knows('kazoo', { async: true, exclusive: true }),
    third_method_sync: knows('meow', { async: false, exclusive: true }),
    fourth_method_shared_lock: knows('woof', { async: true, exclusive: false }),
    log_passthrough: {
      httpMethods: ['POST'],
      async: true,
      exclusive: true,
      description: 'Writes its arguments to the log.',
      run: (task, args) => logged(task, JSON.stringify(args)),
    },
  },
};
