// How far a boot came, read from its events.
import type { BootEvent } from './boot-event.ts';

/** In the order in which a machine goes through them; not every way of booting has all. */
export const bootStages = ['asked', 'answered', 'loader', 'script', 'config', 'kernel', 'ramdisk', 'system'] as const;
export type BootStage = (typeof bootStages)[number];

type FileStage = Extract<BootStage, 'loader' | 'script' | 'config' | 'kernel' | 'ramdisk'>;

/** First match wins. Names as node-files/layout.ts and loaders.ts write them. */
const fileStages: readonly (readonly [RegExp, FileStage])[] = [
  [/(^|\/)boot\.ipxe$/, 'script'],
  [/(^|\/)grub\/grub\.cfg$/, 'script'],
  [/^pxelinux\.cfg\/|\.conf$|^grub\.cfg-|\/config$/, 'config'],
  [/(^|[/_])ramdisk$|initrd|initramfs/, 'ramdisk'],
  [/(^|[/_])kernel$|vmlinuz/, 'kernel'],
  [/\.(kpxe|pxe|efi|0|c32)$/, 'loader'],
  [/\.ipxe$/, 'script'],
];

/** Which stage a fetched file belongs to. */
export const stageOfFile = (path: string): FileStage | undefined => fileStages.find(([shape]) => shape.test(path))?.[1];

export const isFile = (event: BootEvent): boolean => event.kind.startsWith('tftp') || event.kind.startsWith('http');

/** Whether a file event brought the file, not only its size or an error. */
export const arrived = (event: BootEvent): boolean =>
  (event.kind === 'tftp' || event.kind === 'http') && (event.bytes ?? 0) > 0;

const answers = new Set(['dhcp-offer', 'dhcp-ack', 'proxy-offer', 'proxy-ack']);

/** The stages that the events show. */
export function stagesReached(events: readonly BootEvent[]): ReadonlySet<BootStage> {
  const reached = new Set<BootStage>();
  for (const event of events) {
    if (event.kind === 'dhcp-discover' || event.kind === 'dhcp-request') {
      // After its files the machine asks anew as an operating system: the ramdisk or the instance runs.
      reached.add(event.client === 'os' && (reached.has('kernel') || reached.has('loader')) ? 'system' : 'asked');
    } else if (answers.has(event.kind)) reached.add('answered');
    else if (arrived(event)) {
      const stage = stageOfFile(event.path ?? '');
      if (stage) reached.add(stage);
    }
  }
  return reached;
}
