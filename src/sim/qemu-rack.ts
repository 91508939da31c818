// QEMU machines as the inside of a rack.
import { join } from 'node:path';
import type { Log } from '#base/log.ts';
import { QemuBody } from './qemu-body.ts';
import type { BodyMaker } from './rack.ts';

export interface QemuRackOptions {
  /** Each machine gets a folder of its name in it: disk, firmware variables, serial log. */
  readonly folder: string;
  readonly firmware: 'bios' | 'uefi';
  /** `tap` devices of this name and the machine's number, from 0; or one `-netdev` value for all, such as `user`. */
  readonly link: { readonly tapPrefix: string } | { readonly netdev: string };
  readonly memoryMiB?: number;
  readonly cpus?: number;
  readonly diskGiB?: number;
  /** Put before QEMU's command, such as `ip netns exec NAME`. */
  readonly launcher?: readonly string[];
  readonly log?: Log;
}

/** Bodies for `startRack`: every machine is a QEMU of its own, with one network card. */
export function qemuBodies(options: QemuRackOptions): BodyMaker {
  const { folder, firmware, link, memoryMiB = 2048, cpus = 2, diskGiB = 5, launcher, log } = options;
  return async ({ identity, console }, nextBoot, index) => {
    const runDir = join(folder, identity.name);
    const [mac = ''] = identity.macs;
    const netLink = 'netdev' in link ? link : { tap: `${link.tapPrefix}${index}` };
    const body = await QemuBody.open({
      name: identity.name,
      uuid: identity.uuid,
      firmware,
      memoryMiB,
      cpus,
      disks: [{ path: join(runDir, 'disk.raw'), sizeGiB: diskGiB }],
      nics: [{ mac, link: netLink }],
      serialLog: join(runDir, 'console.log'),
      runDir,
      nextBoot,
      ...(launcher && { launcher }),
      ...(log && { log }),
    });
    body.openSerial().on('data', (bytes: Buffer) => console.write(bytes.toString('utf8')));
    return body;
  };
}
