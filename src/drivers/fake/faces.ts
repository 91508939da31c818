// The other fake interfaces: they do what is asked at once, or after the [fake] delays, and touch no machine.
import {
  type BootFace,
  type ConsoleFace,
  type DeployFace,
  done,
  type Face,
  type InspectFace,
  type RaidFace,
  type RescueFace,
  type Step,
  type StorageFace,
} from '../kinds.ts';
import { pretend } from './delay.ts';

const updates = {
  settings: { help: 'What to update: a list of objects with component and url.', required: true },
};

const pretendStep = (kind: Parameters<typeof pretend>[1], about: Omit<Step, 'run'>): Step => ({
  again: true,
  ...about,
  async run(task) {
    await pretend(task, kind);
    return done;
  },
});

export const fakeBoot: BootFace = {
  name: 'fake',
  capabilities: ['ipxe_boot', 'pxe_boot'],
  validate() {},
  prepareRamdisk: (task) => pretend(task, 'boot'),
  cleanUpRamdisk: (task) => pretend(task, 'boot'),
  prepareInstance: (task) => pretend(task, 'boot'),
  cleanUpInstance: (task) => pretend(task, 'boot'),
};

export const fakeDeploy: DeployFace = {
  name: 'fake',
  agent: false,
  steps: [pretendStep('deploy', { step: 'deploy', in: { deploy: 100 } })],
  prepare: (task) => pretend(task, 'deploy'),
  cleanUp: (task) => pretend(task, 'deploy'),
  tearDown: (task) => pretend(task, 'deploy'),
  async prepareRamdiskFlow() {
    return done;
  },
  async tearDownRamdiskFlow() {},
};

export const fakeInspect: InspectFace = {
  name: 'fake',
  async inspect(task) {
    await pretend(task, 'inspect');
    return done;
  },
};

export const fakeConsole: ConsoleFace = {
  name: 'fake',
  async get() {
    return {};
  },
  async start() {},
  async stop() {},
};

export const fakeRescue: RescueFace = {
  name: 'fake',
  async rescue(task) {
    await pretend(task, 'rescue');
    return done;
  },
  unrescue: (task) => pretend(task, 'rescue'),
};

export const fakeStorage: StorageFace = {
  name: 'fake',
  attach: (task) => pretend(task, 'storage'),
  detach: (task) => pretend(task, 'storage'),
};

export const fakeRaid: RaidFace = { name: 'fake' };

export const fakeFirmware: Face = {
  name: 'fake',
  steps: [pretendStep('firmware', { step: 'update', in: { clean: 0 }, args: updates })],
};
