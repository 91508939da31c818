// The hardware types: what each supports, the preferred interface first (reference: hardware.json).
import { customAgentDeploy, directDeploy } from '../agent/deploy.ts';
import { agentInspect } from '../agent/inspect.ts';
import { agentRaid } from '../agent/raid.ts';
import { ramdiskDeploy } from '../agent/ramdisk-deploy.ts';
import { agentRescue } from '../agent/rescue.ts';
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
import { ipmiConsole } from '../ipmi/console-face.ts';
import { ipmiManagement } from '../ipmi/management.ts';
import { ipmiPower } from '../ipmi/power.ts';
import { ipmiVendor } from '../ipmi/vendor.ts';
import type { HardwareType } from '../kinds.ts';
import { flatNetwork, noopNetwork } from '../network/faces.ts';
import { noopDeploy } from '../none/deploy.ts';
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
import { httpBoot, httpIpxeBoot, ipxeBoot, pxeBoot } from '../pxe/boot.ts';
import { redfishBios } from '../redfish/bios.ts';
import { redfishHttpsBoot, redfishVirtualMediaBoot } from '../redfish/boot.ts';
import { redfishFirmware } from '../redfish/firmware.ts';
import { redfishInspect } from '../redfish/inspect.ts';
import { redfishManagement } from '../redfish/management.ts';
import { redfishPower } from '../redfish/power.ts';
import { redfishRaid } from '../redfish/raid.ts';
import { redfishVendor } from '../redfish/vendor.ts';

const network = [flatNetwork, noopNetwork];
const boot = [ipxeBoot, pxeBoot, httpIpxeBoot, httpBoot];
const deploy = [directDeploy, ramdiskDeploy, customAgentDeploy];

const generic = {
  bios: [noBios],
  boot,
  console: [noConsole],
  deploy,
  firmware: [noFirmware],
  inspect: [agentInspect, noInspect],
  network,
  raid: [noRaid, agentRaid],
  rescue: [noRescue, agentRescue],
  storage: [noopStorage],
  vendor: [noVendor],
};

export const hardwareTypes: readonly HardwareType[] = [
  {
    name: 'fake-hardware',
    takesAny: true,
    supports: {
      bios: [fakeBios, noBios],
      boot: [fakeBoot, ...boot],
      console: [fakeConsole, noConsole],
      deploy: [fakeDeploy, ...deploy],
      firmware: [fakeFirmware, noFirmware],
      inspect: [fakeInspect, agentInspect, noInspect],
      management: [fakeManagement],
      network,
      power: [fakePower],
      raid: [fakeRaid, noRaid, agentRaid],
      rescue: [fakeRescue, noRescue, agentRescue],
      storage: [fakeStorage, noopStorage],
      vendor: [fakeVendor, noVendor],
    },
  },
  {
    name: 'ipmi',
    supports: {
      ...generic,
      console: [ipmiConsole, noConsole],
      management: [ipmiManagement, noopManagement],
      power: [ipmiPower],
      vendor: [ipmiVendor, noVendor],
    },
  },
  {
    name: 'redfish',
    supports: {
      ...generic,
      bios: [redfishBios, noBios],
      boot: [...boot, redfishVirtualMediaBoot, redfishHttpsBoot],
      console: [ipmiConsole, noConsole],
      firmware: [redfishFirmware, noFirmware],
      inspect: [redfishInspect, agentInspect, noInspect],
      management: [redfishManagement, noopManagement],
      power: [redfishPower],
      raid: [redfishRaid, noRaid, agentRaid],
      vendor: [redfishVendor, noVendor],
    },
  },
  {
    name: 'manual-management',
    supports: {
      ...generic,
      deploy: [...deploy, noopDeploy],
      management: [noopManagement, fakeManagement],
      power: [fakePower],
    },
  },
];
