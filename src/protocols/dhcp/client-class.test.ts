import { expect, test } from 'vitest';
import { classify } from './client-class.ts';
import { option, text, uint16 } from './options.ts';

const { vendorClass, userClass, clientArch, ipxe } = option;
for (const [who, options, kind, platform] of [
  [
    'iPXE by user class',
    [
      [userClass, text('iPXE')],
      [vendorClass, text('PXEClient:Arch:00000')],
      [clientArch, uint16(0)],
    ],
    'ipxe',
    'x86-bios',
  ],
  [
    'iPXE by counted user class',
    [
      [userClass, text('\x04iPXE')],
      [clientArch, uint16(7)],
    ],
    'ipxe',
    'x86_64-uefi',
  ],
  [
    'iPXE by option 175',
    [
      [ipxe, Buffer.alloc(3)],
      [vendorClass, text('PXEClient:Arch:00007:UNDI:003016')],
    ],
    'ipxe',
    'x86_64-uefi',
  ],
  [
    'OVMF PXE',
    [
      [vendorClass, text('PXEClient:Arch:00007:UNDI:003000')],
      [clientArch, uint16(7)],
    ],
    'pxe',
    'x86_64-uefi',
  ],
  [
    'UEFI PXE that says 9',
    [
      [vendorClass, text('PXEClient')],
      [clientArch, uint16(9)],
    ],
    'pxe',
    'x86_64-uefi',
  ],
  [
    'arm64 PXE',
    [
      [vendorClass, text('PXEClient')],
      [clientArch, uint16(11)],
    ],
    'pxe',
    'aarch64-uefi',
  ],
  [
    'BIOS ROM',
    [
      [vendorClass, text('PXEClient:Arch:00000:UNDI:002001')],
      [clientArch, uint16(0)],
    ],
    'pxe',
    'x86-bios',
  ],
  [
    'a ROM with several architectures',
    [
      [vendorClass, text('PXEClient')],
      [clientArch, Buffer.from([0, 99, 0, 7])],
    ],
    'pxe',
    'x86_64-uefi',
  ],
  [
    'OVMF HTTP boot',
    [
      [vendorClass, text('HTTPClient:Arch:00016:UNDI:003001')],
      [clientArch, uint16(16)],
    ],
    'http',
    'x86_64-uefi',
  ],
  ['arm64 HTTP boot', [[vendorClass, text('HTTPClient:Arch:00019')]], 'http', 'aarch64-uefi'],
  [
    'a PXE client of an unknown kind of machine',
    [
      [vendorClass, text('PXEClient:Arch:00099')],
      [clientArch, uint16(99)],
    ],
    'pxe',
    undefined,
  ],
  ['busybox udhcpc', [[vendorClass, text('udhcp 1.36.1')]], 'os', undefined],
  ['nobody in particular', [], 'os', undefined],
] as const) {
  test(`${who} is ${kind} on ${platform ?? 'no known platform'}`, () => {
    const client = classify(new Map<number, Buffer>(options));
    expect([client.kind, client.platform]).toEqual([kind, platform]);
  });
}
