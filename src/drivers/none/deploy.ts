import { type DeployFace, done } from '../kinds.ts';

/** deploy interface "noop": somebody else deploys; the states are kept, the machine is left alone. */
export const noopDeploy: DeployFace = {
  name: 'noop',
  agent: false,
  steps: [{ step: 'deploy', in: { deploy: 100 }, again: true, run: async () => done }],
  async prepare() {},
  async cleanUp() {},
  async tearDown() {},
  prepareRamdiskFlow: async () => done,
  async tearDownRamdiskFlow() {},
};
