// management interface "redfish": boot device, firmware modes, lamps, media, clock (reference: redfish/resources.md §2).
import { part, textOf } from '#protocols/redfish/document.ts';
import type { ManagementFace } from '../kinds.ts';
import { getBootDevice, redfishBootDevices, setBootDevice } from './boot-override.ts';
import { clockSteps } from './clock.ts';
import { updateFirmwareStep } from './firmware.ts';
import { bootMode, secureBoot, secureBootSteps, setBootMode, setSecureBoot } from './firmware-modes.ts';
import { indicator, indicators, setIndicator } from './indicators.ts';
import { redfishInfo, redfishProperties } from './info.ts';
import { attachMedia, detachMedia, media } from './media.ts';
import { reset, systemOf } from './system.ts';

export const redfishManagement: ManagementFace = {
  name: 'redfish',
  properties: redfishProperties,
  bootDevices: redfishBootDevices,
  steps: [...secureBootSteps, ...clockSteps, updateFirmwareStep],
  validate: (task) => void redfishInfo(task),
  getBootDevice,
  setBootDevice,
  injectNmi: (task) => reset(task, 'Nmi'),
  vendor: async (task) => textOf((await systemOf(task)).body.Manufacturer) ?? null,
  bootMode,
  setBootMode,
  secureBoot,
  setSecureBoot,
  async health(task) {
    const status = part((await systemOf(task, { attempts: 1 })).body, 'Status');
    return textOf(status.HealthRollup) ?? textOf(status.Health) ?? null;
  },
  indicators,
  indicator,
  setIndicator,
  media,
  attachMedia,
  detachMedia,
};
