import { MissingParameterValue } from '#contract/errors.ts';
import type { NetworkFace } from '../kinds.ts';
import { vifFace } from './vifs.ts';

/** Networking is somebody else's: nothing is switched, VIFs are only remembered. */
export const noopNetwork: NetworkFace = {
  name: 'noop',
  capabilities: [],
  async add() {},
  async remove() {},
  async configureTenant() {},
  async unconfigureTenant() {},
  async attachVif() {},
  async detachVif() {},
  async listVifs() {
    return [];
  },
};

/**
 * One flat network for everything. Without a neutron it is the interface on which boot services run: nothing is switched,
 * and the machine stays where it is.
 */
export const flatNetwork: NetworkFace = {
  ...vifFace,
  name: 'flat',
  capabilities: ['metadata'],
  validate(task) {
    if (task.house.networkBoot.serves) return;
    throw new MissingParameterValue({
      why: `Node ${task.node.uuid} has network interface "flat", but no boot service runs here: start Ingot with --boot-interface NAME, or set network_interface to "noop" where others boot the machine.`,
    });
  },
  async add() {},
  async remove() {},
  async configureTenant() {},
  async unconfigureTenant() {},
};
