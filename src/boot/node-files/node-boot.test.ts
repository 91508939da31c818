import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silent } from '#base/log.ts';
import type { BootChoice } from './boot-choice.ts';
import { grubConfig } from './grub-config.ts';
import { chainScript, ipxeScript } from './ipxe-script.ts';
import { BadKernelParameters, kernelLine, kernelWords } from './kernel-parameters.ts';
import { BadBootIdentity } from './layout.ts';
import { installLoaders } from './loaders.ts';
import { BootImageMissing, cleanNodeBoot, NoPortsToBoot, prepareNodeBoot, switchToInstance } from './node-boot.ts';
import { pxelinuxConfig } from './pxelinux-config.ts';
import { BadTemplate, fill } from './template.ts';

const node = '6a7b1c2d-0000-4000-8000-00000000b007';
const other = '6a7b1c2d-0000-4000-8000-00000000b008';
const mac = '52:54:00:77:00:0A';
let top: string;
let place: Parameters<typeof prepareNodeBoot>[0];
let deploy: BootChoice;

beforeEach(async () => {
  top = await mkdtemp(path.join(tmpdir(), 'node-boot-'));
  const roots = { http: path.join(top, 'http'), tftp: path.join(top, 'tftp') };
  place = { node, macs: [mac], flavor: 'ipxe', roots, httpUrl: 'http://10.0.0.1:8080/' };
  for (const name of ['kernel', 'ramdisk']) await writeFile(path.join(top, name), `content of ${name}`);
  const [kernel, ramdisk] = [{ file: path.join(top, 'kernel') }, { file: path.join(top, 'ramdisk') }];
  deploy = {
    label: 'deploy',
    kernel,
    ramdisk,
    apiUrl: 'http://10.0.0.1:6385',
    requestId: 'req-1',
    parameters: 'nofb vga=normal',
  };
});
afterEach(() => rm(top, { recursive: true }));

const read = (name: string) => readFile(path.join(top, name), 'utf8');
const tree = async (root: string) =>
  (await readdir(path.join(top, root), { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(path.join(top, root), path.join(entry.parentPath, entry.name)))
    .sort();

describe("a node's files", () => {
  for (const [flavor, root, links] of [
    ['ipxe', 'http', ['pxelinux.cfg/52-54-00-77-00-0a']],
    ['pxelinux', 'tftp', ['pxelinux.cfg/01-52-54-00-77-00-0a']],
    ['grub', 'tftp', ['10.0.0.7.conf', '52:54:00:77:00:0a.conf', 'grub.cfg-01-52-54-00-77-00-0a']],
  ] as const) {
    test(`for ${flavor} lie where operators look for them, and are gone after cleaning`, async () => {
      const where = { ...place, flavor, addresses: ['10.0.0.7'] };
      await prepareNodeBoot(where, deploy);
      const own = ['config', 'deploy_kernel', 'deploy_ramdisk'].map((name) => `${node}/${name}`);
      expect(await tree(root)).toEqual([...links, ...own].sort());
      for (const link of links) expect(await read(`${root}/${link}`)).toBe(await read(`${root}/${node}/config`));
      expect(await read(`${root}/${node}/deploy_ramdisk`)).toBe('content of ramdisk');
      expect((await stat(path.join(top, root, node, 'config'))).mode & 0o777).toBe(0o644);
      await cleanNodeBoot(where);
      expect(await tree(root)).toEqual([]);
      await cleanNodeBoot(where);
    });
  }

  test('links are relative, so that the root can be moved or mounted elsewhere', async () => {
    await prepareNodeBoot(place, deploy);
    expect(await readlink(path.join(top, 'http/pxelinux.cfg/52-54-00-77-00-0a'))).toBe(`../${node}/config`);
  });

  test('are written anew without a trace of the former ones', async () => {
    await prepareNodeBoot(place, deploy);
    await prepareNodeBoot(place, deploy);
    await writeFile(path.join(top, 'new'), 'new ramdisk');
    await prepareNodeBoot(place, { ...deploy, ramdisk: { file: path.join(top, 'new') } } as BootChoice);
    expect(await read(`http/${node}/deploy_ramdisk`)).toBe('new ramdisk');
    expect(await tree('http')).toHaveLength(4);
  });

  test('of another node that took over the port are left alone by cleaning', async () => {
    await prepareNodeBoot(place, deploy);
    await prepareNodeBoot({ ...place, node: other }, deploy);
    await cleanNodeBoot(place);
    expect(await read('http/pxelinux.cfg/52-54-00-77-00-0a')).toBe(await read(`http/${other}/config`));
  });

  test('become those of the instance, or go away', async () => {
    await prepareNodeBoot(place, deploy);
    await switchToInstance(place, { label: 'boot_whole_disk' });
    expect(await read(`http/${node}/config`)).toContain('goto boot_whole_disk');
    await switchToInstance(place, { label: 'boot_whole_disk' }, false);
    expect(await tree('http')).toEqual([]);
  });

  test('boot an ISO that lies in the folder of the node', async () => {
    await writeFile(path.join(top, 'live.iso'), 'an ISO');
    await switchToInstance(place, { label: 'boot_ramdisk', iso: { file: path.join(top, 'live.iso') } });
    expect(await read(`http/${node}/boot_iso`)).toBe('an ISO');
    expect(await read(`http/${node}/config`)).toContain(
      `goto boot_ramdisk\n\n:boot_ramdisk\nimgfree\nsanboot --no-describe http://10.0.0.1:8080/${node}/boot_iso || goto retry`,
    );
    await switchToInstance(place, { label: 'boot_ramdisk', iso: { url: 'http://i/live.iso' } });
    expect(await read(`http/${node}/config`)).toContain('sanboot --no-describe http://i/live.iso ||');
  });

  test.each(['grub', 'pxelinux'] as const)('of %s boot no ISO', async (flavor) => {
    const choice = { label: 'boot_ramdisk', iso: { url: 'http://i/live.iso' } } as const;
    await expect(prepareNodeBoot({ ...place, flavor }, choice)).rejects.toThrow(/boots no ISO/);
  });

  test('with client-ids begin with 20-', async () => {
    await prepareNodeBoot({ ...place, flavor: 'pxelinux', clientIds: true }, deploy);
    expect((await lstat(path.join(top, 'tftp/pxelinux.cfg/20-52-54-00-77-00-0a'))).isSymbolicLink()).toBe(true);
  });

  for (const [what, change, kind] of [
    ['a node that is no UUID', { node: '../../etc' }, BadBootIdentity],
    ['a MAC that is none', { macs: ['../../../etc/passwd'] }, BadBootIdentity],
    ['no ports', { macs: [] }, NoPortsToBoot],
  ] as const) {
    test(`are refused for ${what}`, async () => {
      await expect(prepareNodeBoot({ ...place, ...change }, deploy)).rejects.toSatisfy(kind.is);
    });
  }

  test('are refused when an image cannot be read', async () => {
    const choice = { ...deploy, kernel: { file: path.join(top, 'nosuch') } } as BootChoice;
    await expect(prepareNodeBoot(place, choice)).rejects.toSatisfy(BootImageMissing.is);
    const byUrl = { ...deploy, kernel: { url: 'http://x/k' } } as BootChoice;
    await expect(prepareNodeBoot({ ...place, flavor: 'pxelinux' }, byUrl)).rejects.toSatisfy(BootImageMissing.is);
  });
});

describe('boot files say', () => {
  test('iPXE: kernel, ramdisk and agent parameters of a deployment', async () => {
    await prepareNodeBoot(place, deploy);
    const script = await read(`http/${node}/config`);
    expect(script).toMatch(/^#!ipxe\n/);
    expect(script).toContain('goto deploy\n');
    expect(script).toContain(
      `kernel http://10.0.0.1:8080/${node}/deploy_kernel initrd=ramdisk selinux=0 troubleshoot=0 text nofb vga=normal ` +
        'ipa-api-url=http://10.0.0.1:6385 ipa-global-request-id=req-1 BOOTIF=$' +
        '{mac} || goto retry',
    );
    expect(script).toContain(`initrd --name ramdisk http://10.0.0.1:8080/${node}/deploy_ramdisk || goto retry`);
    expect(script).not.toContain('{{');
  });

  test('iPXE: a limit for downloads where there is one', async () => {
    await prepareNodeBoot({ ...place, timeout: 60_000 }, deploy);
    expect(await read(`http/${node}/config`)).toContain('kernel --timeout 60000 http');
  });

  const files = { kernel: 'u/kernel', ramdisk: 'u/ramdisk' };
  for (const [what, text, expected] of [
    [
      'PXELINUX: a deployment',
      () => pxelinuxConfig(deploy, files),
      /label deploy\nkernel u\/kernel\nappend initrd=u\/ramdisk selinux=0 .*\nipappend 2\n/,
    ],
    ['PXELINUX: the disk', () => pxelinuxConfig({ label: 'boot_whole_disk' }, {}), /localboot -1/],
    [
      'PXELINUX: the disk by its signature',
      () => pxelinuxConfig({ label: 'boot_whole_disk', diskIdentifier: '0x1234abcd' }, {}),
      /com32 chain.c32\nappend mbr:0x1234abcd/,
    ],
    [
      'GRUB: a deployment',
      () => grubConfig(deploy, files),
      /linux u\/kernel selinux=0 .* BOOTIF=\$net_default_mac\n {4}initrd u\/ramdisk/,
    ],
    ['GRUB: the disk', () => grubConfig({ label: 'boot_whole_disk' }, {}), /exit 1/],
    ['iPXE: the disk', () => ipxeScript({ label: 'boot_whole_disk' }, {}), /sanboot --no-describe --drive 0x80/],
    [
      'iPXE: volumes',
      () =>
        ipxeScript(
          {
            label: 'boot_iscsi',
            targets: ['iscsi:10.0.0.2::3260:1:iqn.2026-01.x:a', 'iscsi:10.0.0.3::3260:2:iqn.2026-01.x:b'],
            initiator: 'iqn.2026-01.x:n',
          },
          {},
        ),
      /set initiator-iqn iqn.2026-01.x:n\nsanhook --drive 0x81 iscsi:10.0.0.3\S+ \|\| goto iscsi_failed\nsanboot --keep --drive 0x80 iscsi:10.0.0.2/,
    ],
    [
      'iPXE: an installation',
      () =>
        ipxeScript(
          {
            label: 'boot_anaconda',
            kernel: { url: '' },
            ramdisk: { url: '' },
            kickstart: 'http://h/ks.cfg',
            stage2: 'http://h/s',
          },
          files,
        ),
      /inst.ks=http:\/\/h\/ks.cfg inst.stage2=http:\/\/h\/s/,
    ],
    [
      'iPXE: a ramdisk',
      () =>
        ipxeScript({ label: 'boot_ramdisk', kernel: { url: '' }, ramdisk: { url: '' }, parameters: 'quiet' }, files),
      /goto boot_ramdisk\n[\s\S]*root=\/dev\/ram0 text quiet/,
    ],
    [
      'iPXE: where each machine goes on',
      () => chainScript('http://h/', 'http://h/other.ipxe'),
      /chain --autofree --replace http:\/\/h\/pxelinux.cfg\/\$\{mac:hexhyp\}[\s\S]*chain http:\/\/h\/other.ipxe/,
    ],
  ] as const) {
    test(what, () => expect(text()).toMatch(expected));
  }
});

describe('nothing from the API becomes a command', () => {
  for (const [dialect, parameters] of [
    ['ipxe', 'a\nshell'],
    ['ipxe', 'a\rshell'],
    ['ipxe', 'a || shell'],
    ['ipxe', 'a && shell'],
    ['ipxe', '# gone'],
    ['ipxe', 'a=$' + '{bad'],
    ['ipxe', 'a=$' + '{net$' + '{x}/mac}'],
    ['pxelinux', 'a\nlabel b'],
    ['grub', "a'; halt; '"],
    ['grub', 'a\0b'],
    ['ipxe', 'umlaut=ä'],
    ['ipxe', 'x'.repeat(2049)],
  ] as const) {
    test(`${dialect} refuses ${JSON.stringify(parameters.slice(0, 30))}`, () => {
      expect(() => kernelWords(parameters, dialect)).toThrow(expect.toSatisfy(BadKernelParameters.is));
    });
  }

  test('a kernel URL with a space or a line break is refused', () => {
    for (const url of ['http://h/k shell', 'http://h/k\nshell', '', 'http://h/$' + '{x}']) {
      const choice: BootChoice = { label: 'boot_ramdisk', kernel: { url }, ramdisk: { url: 'http://h/r' } };
      expect(() => ipxeScript(choice, { kernel: url, ramdisk: 'http://h/r' }), url).toThrow(/kernel/);
    }
  });

  test('GRUB gets words with special characters in quotation marks', () => {
    expect(kernelLine(kernelWords('console=ttyS0,115200 a=$b c;halt "x"', 'grub'), 'grub')).toBe(
      `console=ttyS0,115200 'a=$b' 'c;halt' '"x"'`,
    );
  });

  test('whatever the parameters are, a script has the same commands', () => {
    const shape = (parameters: string) =>
      ipxeScript(
        { label: 'boot_ramdisk', kernel: { url: '' }, ramdisk: { url: '' }, parameters },
        { kernel: 'http://h/k', ramdisk: 'http://h/r' },
      )
        .split('\n')
        .map((line) => line.split(' ')[0]);
    const plain = shape('');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (parameters) => {
        try {
          expect(shape(parameters)).toEqual(plain);
        } catch (error) {
          if (!BadKernelParameters.is(error)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});

test('a template puts values in once, and refuses logic and unknown places', () => {
  expect(fill('a {{ x }}\n{{y}}\nb', { x: '{{y}} $&', y: '' })).toBe('a {{y}} $&\nb');
  for (const bad of ['{{ z }}', '{% if x %}', '{{ constructor }}']) {
    expect(() => fill(bad, { x: '' })).toThrow(expect.toSatisfy(BadTemplate.is));
  }
});

test('loaders and first scripts are put into both roots', async () => {
  await writeFile(path.join(top, 'own.efi'), 'loader');
  await mkdir(path.join(top, 'tftp'));
  const options = { roots: place.roots, httpUrl: 'http://h', log: silent };
  const there = await installLoaders({ ...options, loaderFilePaths: { 'bootx64.efi': path.join(top, 'own.efi') } });
  expect(there.has('bootx64.efi')).toBe(true);
  expect([await read('tftp/bootx64.efi'), await read('http/bootx64.efi')]).toEqual(['loader', 'loader']);
  expect(await read('http/boot.ipxe')).toMatch(/^#!ipxe/);
  expect(await read('tftp/grub/grub.cfg')).toContain('net_default_mac');
});
