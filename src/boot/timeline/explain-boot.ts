// Why a machine did not start, in one sentence.
import type { BootEvent } from './boot-event.ts';
import { type BootStage, bootStages, isFile, stageOfFile, stagesReached } from './boot-stages.ts';

const done: Readonly<Record<BootStage, string>> = {
  asked: 'the machine asked by DHCP',
  answered: 'DHCP answered',
  loader: 'the boot loader was fetched',
  script: 'the first boot script was fetched',
  config: "the node's boot file was fetched",
  kernel: 'the kernel was fetched',
  ramdisk: 'the ramdisk was fetched',
  system: 'the started system asked for an address',
};

/** What was to come next, and what to look at when it did not. */
const missing: Readonly<Record<BootStage, string>> = {
  asked:
    'nothing was heard from this machine: see that it is powered on, boots from the network first, and that the MAC addresses of its ports and the cabling or VLAN are right',
  answered: 'it got no answer',
  loader:
    'no boot file was ever asked for: another DHCP server may have answered, the firmware may not accept the file for its kind, or TFTP (UDP 69) and HTTP are blocked',
  script: 'the first boot script was never asked for: the loader may not know the network card, or HTTP is blocked',
  config:
    "the node's boot file was never asked for: the machine boots from a NIC whose MAC is not among the node's ports",
  kernel:
    "the kernel was never asked for: see the machine's console, and whether the URL in the node's boot file is reachable from it",
  ramdisk: 'the ramdisk was never asked for: the kernel may be unusable for this firmware',
  system:
    'the system that was started never asked for an address: its kernel may lack the driver of the network card, or it stopped (see the console)',
};

/**
 * One sentence about a boot from its events, oldest first. Where the last thing that happened was a refusal or a broken
 * transfer, that is the reason; else the first thing that never came.
 */
export function explainBoot(events: readonly BootEvent[]): string {
  const reached = stagesReached(events);
  const ordered = bootStages.filter((stage) => reached.has(stage));
  const last = ordered.at(-1);
  if (!last) return sentence([], refusalIn(events) ?? missing.asked);
  const past = ordered.filter((stage) => stage !== 'asked' || ordered.length === 1).map((stage) => done[stage]);
  if (last === 'system') return sentence(past, undefined);
  return sentence(past, failureAfter(events) ?? refusal(events, reached) ?? missing[nextOf(last, events)]);
}

function sentence(past: readonly string[], but: string | undefined): string {
  const begin = past.length > 1 ? `${past.slice(0, -1).join(', ')} and ${past.at(-1)}` : (past[0] ?? '');
  const text = [begin, but].filter(Boolean).join(', but ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The stage to come after `last`: iPXE in the ROM needs no loader, UEFI HTTP boot of one image nothing after it. */
function nextOf(last: BootStage, events: readonly BootEvent[]): BootStage {
  if (last === 'answered') return events.some((event) => event.client === 'ipxe') ? 'script' : 'loader';
  return bootStages[bootStages.indexOf(last) + 1]!;
}

/** The newest failed transfer without a later good one of the same file. */
function failureAfter(events: readonly BootEvent[]): string | undefined {
  const files = events.filter(isFile);
  const failed = files.findLast((event) => event.kind.endsWith('-failed'));
  if (!failed) return undefined;
  const later = files.slice(files.indexOf(failed) + 1);
  const stage = stageOfFile(failed.path ?? '');
  if (later.some((event) => event.path === failed.path || (stage && stageOfFile(event.path ?? '') === stage)))
    return undefined;
  return `${failed.kind.startsWith('tftp') ? 'TFTP' : 'HTTP'} of /${failed.path ?? ''} failed: ${failed.detail}`;
}

function refusal(events: readonly BootEvent[], reached: ReadonlySet<BootStage>): string | undefined {
  const nak = events.findLast((event) => event.kind === 'dhcp-nak');
  if (nak && !events.slice(events.indexOf(nak)).some((event) => event.kind === 'dhcp-ack'))
    return `DHCP refused: ${nak.detail}`;
  return reached.has('answered') ? withoutFile(events) : refusalIn(events);
}

function withoutFile(events: readonly BootEvent[]): string | undefined {
  const answered = events.findLast((event) => event.kind === 'dhcp-offer' || event.kind === 'dhcp-ack');
  const files = events.some(isFile);
  return !files && answered?.detail.includes('no boot file')
    ? `the answer held ${answered.detail.replace(/^[\d.]+, /, '')}`
    : undefined;
}

function refusalIn(events: readonly BootEvent[]): string | undefined {
  const ignored = events.findLast((event) => event.kind === 'dhcp-ignored');
  return ignored && `its DHCP question was not answered: ${ignored.detail}`;
}
