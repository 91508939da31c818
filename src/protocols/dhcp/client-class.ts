// Who asks: told from options 60, 77, 93 and 175.
import { type Options, option, textIn } from './options.ts';

/** What firmware can start, as the folder and file names of loaders speak of it. */
export type Platform =
  | 'x86-bios'
  | 'x86-uefi'
  | 'x86_64-uefi'
  | 'arm-uefi'
  | 'aarch64-uefi'
  | 'riscv64-uefi'
  | 'loongarch64-uefi';

/** IANA "Processor Architecture Types" of option 93 (RFC 4578 §2.1 and its registry). `http` marks HTTP boot. */
export const architectures: Readonly<Record<number, { platform: Platform; http: boolean }>> = {
  0: { platform: 'x86-bios', http: false },
  6: { platform: 'x86-uefi', http: false },
  7: { platform: 'x86_64-uefi', http: false },
  9: { platform: 'x86_64-uefi', http: false }, // 7 and 9 changed places in an erratum; both are met
  10: { platform: 'arm-uefi', http: false },
  11: { platform: 'aarch64-uefi', http: false },
  15: { platform: 'x86-uefi', http: true },
  16: { platform: 'x86_64-uefi', http: true },
  18: { platform: 'arm-uefi', http: true },
  19: { platform: 'aarch64-uefi', http: true },
  20: { platform: 'x86-bios', http: true },
  27: { platform: 'riscv64-uefi', http: false },
  28: { platform: 'riscv64-uefi', http: true },
  39: { platform: 'loongarch64-uefi', http: false },
  40: { platform: 'loongarch64-uefi', http: true },
};

/** `ipxe`: iPXE of any firmware. `pxe`: a ROM's own PXE. `http`: UEFI HTTP boot. `os`: anything else. */
export type ClientKind = 'ipxe' | 'pxe' | 'http' | 'os';

export interface Client {
  readonly kind: ClientKind;
  /** Absent where the client did not say, or named one that nobody boots. */
  readonly platform?: Platform;
}

interface Clues {
  readonly ipxe: boolean;
  readonly vendorClass: string;
}

/** First match wins: iPXE names itself PXEClient too, so its own marks are looked at first. */
const kinds: readonly (readonly [ClientKind, (clues: Clues) => boolean])[] = [
  ['ipxe', ({ ipxe }) => ipxe],
  ['http', ({ vendorClass }) => vendorClass.startsWith('HTTPClient')],
  ['pxe', ({ vendorClass }) => vendorClass.startsWith('PXEClient')],
  ['os', () => true],
];

/** Which kind of client sent these options. */
export function classify(options: Options): Client {
  const vendorClass = textIn(options, option.vendorClass) ?? '';
  const clues = { vendorClass, ipxe: options.has(option.ipxe) || saysIpxe(options.get(option.userClass)) };
  const kind = kinds.find(([, fits]) => fits(clues))![0];
  const platform = kind === 'os' ? undefined : platformOf(options.get(option.clientArch), vendorClass);
  return platform ? { kind, platform } : { kind };
}

// iPXE sends the bare word; RFC 3004 §4 puts a length before it.
function saysIpxe(userClass: Buffer | undefined): boolean {
  const word = userClass?.toString('latin1');
  return word === 'iPXE' || word === '\x04iPXE';
}

function platformOf(list: Buffer | undefined, vendorClass: string): Platform | undefined {
  for (let at = 0; list && at + 1 < list.length && at < 32; at += 2) {
    const known = architectures[list.readUInt16BE(at)];
    if (known) return known.platform;
  }
  const told = /:Arch:(\d{5})/.exec(vendorClass);
  return told ? architectures[Number(told[1])]?.platform : undefined;
}
