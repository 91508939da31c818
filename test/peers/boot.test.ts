// Boot services against programs of others: DHCP, TFTP and HTTP clients, SeaBIOS with iPXE, and UEFI firmware.
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { explainBoot } from '#boot/timeline/explain-boot.ts';
import { ensureApt } from '../setup/apt.ts';
import { BootLab, type ServeBootOptions, type ServedBoot } from './boot/lab.ts';

const packages = ['iproute2', 'busybox-static', 'isc-dhcp-client', 'curl', 'atftp', 'tftp-hpa', 'dnsmasq-base'];
const machinePackages = [
  'qemu-system-x86',
  'seabios',
  'ipxe-qemu',
  'ovmf',
  'ipxe',
  'pxelinux',
  'syslinux-common',
  'grub-efi-amd64-signed',
];
const mac = '52:54:00:77:00:01';
const node = '6a7b1c2d-0000-4000-8000-00000000b007';
const here = '192.168.77.1';

let lab: BootLab;
let served: ServedBoot | undefined;

beforeAll(async () => {
  await ensureApt([...packages, ...machinePackages]);
  lab = await BootLab.open();
});
afterEach(async () => {
  await served?.close();
  served = undefined;
});
afterAll(() => lab?.close());

async function serve(change: Partial<ServeBootOptions> = {}): Promise<ServedBoot> {
  const roots = { http: path.join(lab.folder, 'http'), tftp: path.join(lab.folder, 'tftp') };
  await mkdir(roots.http, { recursive: true });
  await mkdir(roots.tftp, { recursive: true });
  served = await lab.serve({
    interface: 'br0',
    mode: 'dhcp',
    roots,
    machines: { [mac]: { node } },
    nodes: [],
    ...change,
  });
  return served;
}

describe('addresses', () => {
  const clientMac = '52:54:00:77:00:c1';
  const hook = () => path.join(lab.folder, 'udhcpc.sh');
  const udhcpc = () =>
    lab.asClient('busybox', 'udhcpc', '-i', 'eth0', '-n', '-q', '-f', '-t', '3', '-T', '1', '-s', hook());

  beforeAll(async () => {
    await lab.asClient('ip', 'link', 'set', 'eth0', 'address', clientMac);
    await writeFile(hook(), '#!/bin/sh\n[ "$1" = bound ] && echo "got $ip/$mask from $serverid for $lease"\nexit 0\n');
    await chmod(hook(), 0o755);
  });

  for (const sockets of ['best', 'plain'] as const) {
    test(`udhcpc and dhclient get the same address each time (${sockets} sockets)`, async () => {
      const boot = await serve({ sockets, machines: { [clientMac]: { node } } });
      expect(boot.ready?.dhcpSocket).toBe(sockets === 'best' ? 'device' : 'pair');
      const first = /got (\S+)\/\S+ from (\S+) for (\d+)/.exec((await udhcpc()).stdout);
      expect(first?.slice(2)).toEqual([here, '600']);
      expect((await udhcpc()).stdout).toContain(`got ${first?.[1]}/`);
      const files = ['-lf', path.join(lab.folder, 'leases'), '-pf', path.join(lab.folder, 'pid'), '-sf', '/bin/true'];
      const { stderr } = await lab.asClient('dhclient', '-1', '-v', ...files, 'eth0');
      await lab.asClient('sh', '-c', `kill $(cat ${path.join(lab.folder, 'pid')})`);
      expect(stderr).toContain(`bound to ${first?.[1]}`);
    });
  }

  test('a fixed address is given, and a machine that nobody enrolled gets none', async () => {
    const boot = await serve({ machines: { [clientMac]: { node, address: '192.168.77.20' } } });
    expect((await udhcpc()).stdout).toContain('got 192.168.77.20/');
    await lab.asClient('ip', 'link', 'set', 'eth0', 'address', '52:54:00:77:00:c2');
    await expect(udhcpc()).rejects.toThrow();
    await lab.asClient('ip', 'link', 'set', 'eth0', 'address', clientMac);
    expect((await boot.until('dhcp-ignored')).detail).toContain('no node has this address');
  });
});

test('the sockets are opened again when the interface was made anew', async () => {
  const make = async () => {
    await lab.inside('ip', 'link', 'add', 'again0', 'type', 'veth', 'peer', 'name', 'again1');
    await lab.inside('ip', 'addr', 'add', '192.168.78.1/24', 'dev', 'again0');
    for (const end of ['again0', 'again1']) await lab.inside('ip', 'link', 'set', end, 'up');
  };
  await make();
  const boot = await serve({ interface: 'again0' });
  await lab.inside('ip', 'link', 'del', 'again0');
  await make();
  await vi.waitFor(() => expect(boot.lines.join('\n')).toContain('again0 was made anew'), 60_000);
  await lab
    .inside('busybox', 'udhcpc', '-i', 'again1', '-n', '-q', '-f', '-t', '1', '-T', '1', '-s', '/bin/true')
    .catch(() => {});
  await boot.until('dhcp-ignored');
});

describe('files', () => {
  const big = randomBytes(34 * 1024 * 1024 + 7); // over 65,535 blocks of 512 bytes
  const got = () => path.join(lab.folder, 'got');
  beforeAll(async () => {
    await lab.asClient('ip', 'addr', 'replace', '192.168.77.9/24', 'dev', 'eth0');
    for (const root of ['tftp', 'http']) {
      await mkdir(path.join(lab.folder, root), { recursive: true });
      await writeFile(path.join(lab.folder, root, 'big'), big);
      await symlink('/etc/passwd', path.join(lab.folder, root, 'outside'));
    }
  });

  for (const [client, command] of [
    ['curl, 512 bytes a block', () => ['curl', '-sS', '-o', got(), `tftp://${here}/big`]],
    ['curl, 1468 bytes a block', () => ['curl', '-sS', '--tftp-blksize', '1468', '-o', got(), `tftp://${here}/big`]],
    ['tftp-hpa', () => ['tftp', '-m', 'binary', here, '-c', 'get', 'big', got()]],
    ['atftp', () => ['atftp', '--option', 'blksize 1468', '-g', '-r', 'big', '-l', got(), here]],
    [
      'atftp, windows of 16',
      () => ['atftp', '--option', 'blksize 1468', '--option', 'windowsize 16', '-g', '-r', 'big', '-l', got(), here],
    ],
  ] as const) {
    test(`34 MiB by TFTP arrive whole (${client})`, async () => {
      const boot = await serve();
      await lab.asClient('rm', '-f', got());
      await lab.asClient(...command());
      expect((await readFile(got())).equals(big)).toBe(true);
      console.log(`TFTP, ${client}: ${(await boot.until('tftp', /big/)).detail}`);
    });
  }

  test('HTTP gives whole files, heads and ranges', async () => {
    await serve();
    const url = `http://${here}:8080/big`;
    await lab.asClient('curl', '-sSf', '-o', got(), url);
    expect((await readFile(got())).equals(big)).toBe(true);
    await lab.asClient('curl', '-sSf', '-r', '1000-1999', '-o', got(), url);
    expect((await readFile(got())).equals(big.subarray(1000, 2000))).toBe(true);
    await lab.asClient('curl', '-sSf', '-C', '2000', '-o', got(), url);
    expect((await lab.asClient('curl', '-sSfI', url)).stdout).toContain(`Content-Length: ${big.length}`);
  });

  test('nothing outside of the roots is given out', async () => {
    await serve();
    for (const name of ['../../../etc/passwd', 'outside', '%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/etc/passwd']) {
      const http = lab.asClient('curl', '-sSf', '--path-as-is', `http://${here}:8080/${name}`);
      await expect(http, name).rejects.toThrow(/404/);
      await expect(lab.asClient('curl', '-sSf', '--path-as-is', `tftp://${here}/${name}`), name).rejects.toThrow(
        /curl: \(68\)/,
      );
    }
  });
});

describe('machines', () => {
  const figures: string[] = [];
  afterAll(() => console.log(['seconds from power on to:', ...figures].join('\n  ')));

  // A small program of the firmware's kind stands for the kernel: iPXE itself, which then asks for an address again.
  const kernels = { bios: 'ipxe.lkrn', 'uefi-pxe': 'ipxe.efi', 'uefi-http': 'ipxe.efi' } as const;
  const siteDhcp = [
    'dnsmasq',
    '-k',
    '--port=0',
    '--interface=eth0',
    '--dhcp-authoritative',
    '--no-ping',
    '--conf-file=/dev/null',
  ];

  for (const mode of ['dhcp', 'proxy'] as const) {
    for (const [firmware, loader] of [
      ['bios', undefined],
      ['uefi-pxe', 'tftp'],
      ['uefi-http', 'http'],
    ] as const) {
      test(`${firmware} fetches script, kernel and ramdisk in mode ${mode}`, async () => {
        const kernel = path.join('/usr/lib/ipxe', kernels[firmware]);
        const ramdisk = path.join(lab.folder, 'ramdisk.img');
        await writeFile(ramdisk, randomBytes(100_000));
        await copyFile('/usr/share/OVMF/OVMF_VARS_4M.fd', path.join(lab.folder, 'vars.fd'));
        const boot = await serve({ mode, nodes: [{ uuid: node, mac, images: { kernel, ramdisk } }] });
        const lease = `--dhcp-leasefile=${path.join(lab.folder, 'site.leases')}`;
        const range = '--dhcp-range=192.168.77.50,192.168.77.90,255.255.255.0,10m';
        const site = mode === 'proxy' ? lab.start('-s', ...siteDhcp, lease, range) : undefined;
        const powerOn = Date.now();
        const machine = lab.machine(firmware, mac);
        try {
          if (loader) await boot.until(loader, /snponly\.efi$/);
          const script = await boot.until('http', /boot\.ipxe$/);
          const fetched = await boot.until('http', /deploy_kernel$/);
          await boot.until('http', /deploy_ramdisk$/);
          const offer = await boot.until(mode === 'proxy' ? 'proxy-offer' : 'dhcp-offer');
          const since = (event: { at: number }) => ((event.at - powerOn) / 1000).toFixed(1);
          figures.push(`${firmware} ${mode}: offer ${since(offer)}, script ${since(script)}, kernel ${since(fetched)}`);
          expect(fetched).toMatchObject({ node, mac });
          expect(boot.events.filter((e) => e.kind.endsWith('-failed'))).toEqual([]);
          expect(explainBoot(boot.events)).toMatch(/the kernel was fetched and the ramdisk was fetched/);
        } finally {
          await lab.end(machine);
          if (site) await lab.end(site);
        }
      });
    }
  }

  for (const [program, firmware, flavor, loaders] of [
    ['PXELINUX', 'bios', 'pxelinux', { 'x86-bios': 'pxelinux.0' }],
    ['GRUB', 'uefi-pxe', 'grub', { 'x86_64-uefi': 'grubx64.efi' }],
  ] as const) {
    test(`${program} fetches its files and the kernel by TFTP`, async () => {
      const kernel = path.join('/usr/lib/ipxe', kernels[firmware]);
      const ramdisk = path.join(lab.folder, 'ramdisk.img');
      await writeFile(ramdisk, randomBytes(100_000));
      await copyFile('/usr/share/OVMF/OVMF_VARS_4M.fd', path.join(lab.folder, 'vars.fd'));
      const machines = { [mac]: { node, boot: { loaders, uris: {} } } };
      const boot = await serve({ machines, nodes: [{ uuid: node, mac, flavor, images: { kernel, ramdisk } }] });
      const powerOn = Date.now();
      const machine = lab.machine(firmware, mac);
      try {
        const fetched = await boot.until('tftp', /deploy_kernel$/);
        figures.push(`${program} on ${firmware}: kernel ${((fetched.at - powerOn) / 1000).toFixed(1)}`);
        expect(fetched).toMatchObject({ node, mac });
      } finally {
        await lab.end(machine);
      }
    });
  }

  test('bios: iPXE leaves a deployed machine to its disk', async () => {
    const boot = await serve({ nodes: [{ uuid: node, mac }] });
    const disk = path.join(lab.folder, 'disk.raw');
    await writeFile(disk, bootSector('@@FROM-DISK'));
    const machine = lab.machine('bios', mac, disk);
    try {
      await boot.until('http', /pxelinux\.cfg/);
      await vi.waitFor(
        async () => expect(await readFile(lab.console('bios'), 'latin1')).toContain('@@FROM-DISK'),
        60_000,
      );
    } finally {
      await lab.end(machine);
    }
  });

  test('uefi: iPXE leaves a deployed machine to the next boot entry', async () => {
    const boot = await serve({ nodes: [{ uuid: node, mac }] });
    await copyFile('/usr/share/OVMF/OVMF_VARS_4M.fd', path.join(lab.folder, 'vars.fd'));
    const machine = lab.machine('uefi-pxe', mac);
    try {
      await boot.until('http', /pxelinux\.cfg/);
      await vi.waitFor(async () => {
        expect(await readFile(lab.console('uefi-pxe'), 'latin1')).toMatch(/failed to start Boot[\s\S]*>>Start/);
      }, 60_000);
    } finally {
      await lab.end(machine);
    }
  });
});

/** A disk of 1 MiB whose boot sector writes the text by the BIOS (int 10h) and halts. */
function bootSector(text: string): Buffer {
  const disk = Buffer.alloc(1 << 20);
  // xor ax,ax; mov ds,ax; mov si,7c15h; lodsb; test al,al; jz +6; mov ah,0eh; int 10h; jmp -11; hlt; jmp -3
  disk.set([
    0x31, 0xc0, 0x8e, 0xd8, 0xbe, 0x15, 0x7c, 0xac, 0x84, 0xc0, 0x74, 0x06, 0xb4, 0x0e, 0xcd, 0x10, 0xeb, 0xf5,
  ]);
  disk.set([0xf4, 0xeb, 0xfd], 18);
  disk.write(`${text}\r\n\0`, 21, 'latin1');
  disk.set([0x55, 0xaa], 510);
  return disk;
}
