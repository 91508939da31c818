// The hardware types: what each supports, the preferred interface first (reference: hardware.json).
import { directDeploy } from '../agent/deploy.ts';
import { fakeBios } from '../fake/bios.ts';
import {
  fakeBoot,
  fakeConsole,
  fakeDeploy,
  fakeFirmware,
  fakeInspect,
  fakeRaid,
  fakeRescue,
  fakeStorage,
} from '../fake/faces.ts';
import { fakeManagement } from '../fake/management.ts';
import { fakePower } from '../fake/power.ts';
import { fakeVendor } from '../fake/vendor.ts';
import { ipmiManagement } from '../ipmi/management.ts';
import { ipmiPower } from '../ipmi/power.ts';
import type { HardwareType } from '../kinds.ts';
import { flatNetwork, noopNetwork } from '../network/faces.ts';
import {
  noBios,
  noConsole,
  noFirmware,
  noInspect,
  noopManagement,
  noopStorage,
  noRaid,
  noRescue,
  noVendor,
} from '../none/faces.ts';
import { ipxeBoot, pxeBoot } from '../pxe/boot.ts';

const network = [flatNetwork, noopNetwork];

const generic = {
  bios: [noBios],
  boot: [ipxeBoot, pxeBoot],
  console: [noConsole],
  deploy: [directDeploy],
  firmware: [noFirmware],
  inspect: [noInspect],
  network,
  raid: [noRaid],
  rescue: [noRescue],
  storage: [noopStorage],
  vendor: [noVendor],
};

export const hardwareTypes: readonly HardwareType[] = [
  {
    name: 'fake-hardware',
    takesAny: true,
    supports: {
      bios: [fakeBios, noBios],
      boot: [fakeBoot, ipxeBoot, pxeBoot],
      console: [fakeConsole, noConsole],
      deploy: [fakeDeploy, directDeploy],
      firmware: [fakeFirmware, noFirmware],
      inspect: [fakeInspect, noInspect],
      management: [fakeManagement],
      network,
      power: [fakePower],
      raid: [fakeRaid, noRaid],
      rescue: [fakeRescue, noRescue],
      storage: [fakeStorage, noopStorage],
      vendor: [fakeVendor, noVendor],
    },
  },
  { name: 'ipmi', supports: { ...generic, management: [ipmiManagement, noopManagement], power: [ipmiPower] } },
  {
    name: 'manual-management',
    supports: { ...generic, management: [noopManagement, fakeManagement], power: [fakePower] },
  },
];
