// vendor interface "redfish" (reference: hardware.json, vendor/redfish).
import { InvalidParameterValue } from '#contract/errors.ts';
import type { VendorFace, VendorMethod } from '../kinds.ts';
import { redfishInfo } from './info.ts';
import {
  allSubscriptions,
  checkSubscription,
  createSubscription,
  deleteSubscription,
  oneSubscription,
} from './subscriptions.ts';
import { type DeviceType, eject } from './virtual-media.ts';

/** Words for a drive, Ironic's and Redfish's. */
const devices: Readonly<Record<string, DeviceType>> = {
  cdrom: 'cdrom',
  cd: 'cdrom',
  dvd: 'cdrom',
  floppy: 'floppy',
  disk: 'disk',
};

function devicesIn(asked: unknown): DeviceType[] {
  if (asked === undefined || asked === null) return ['cdrom', 'floppy', 'disk'];
  const word = String(asked).toLowerCase();
  if (Object.hasOwn(devices, word)) return [devices[word]!];
  throw new InvalidParameterValue({
    why: `boot_device is "${String(asked)}"; it can be ${Object.keys(devices).join(', ')}.`,
  });
}

const sync = (about: Pick<VendorMethod, 'httpMethods' | 'description' | 'run' | 'validate'>): VendorMethod => ({
  async: false,
  exclusive: true,
  ...about,
});

export const redfishVendor: VendorFace = {
  name: 'redfish',
  validate: (task) => void redfishInfo(task),
  passthru: {
    eject_vmedia: {
      httpMethods: ['POST'],
      async: true,
      exclusive: true,
      description: 'Empties the virtual drives: the one that "boot_device" names, or all.',
      validate: (_task, { boot_device }) => void devicesIn(boot_device),
      run: (task, { boot_device }) => eject(task, devicesIn(boot_device)),
    },
    create_subscription: sync({
      httpMethods: ['POST'],
      description: 'Subscribes "Destination" to the events of the BMC.',
      validate: (_task, args) => checkSubscription(args),
      run: createSubscription,
    }),
    delete_subscription: sync({
      httpMethods: ['DELETE'],
      description: 'Ends the subscription that "id" names.',
      run: deleteSubscription,
    }),
    get_all_subscriptions: sync({
      httpMethods: ['GET'],
      description: 'The subscriptions of the BMC.',
      run: allSubscriptions,
    }),
    get_subscription: sync({
      httpMethods: ['GET'],
      description: 'The subscription that "id" names.',
      run: oneSubscription,
    }),
  },
};
