// biome-ignore-all lint/suspicious/noTemplateCurlyInString: iPXE's own settings
import { expect, test } from 'vitest';
import { expand, type Firmware, runScript } from './ipxe-script.ts';

const base = 'http://boot/boot.ipxe';
const settings = new Map([
  ['net0/mac', '52:54:00:00:00:01'],
  ['net1/mac', '52:54:00:00:00:02'],
  ['mac', '52:54:00:00:00:01'],
]);

async function run(script: string, files: Record<string, string> = {}) {
  const asked: string[] = [];
  const lines: string[] = [];
  const take = (url: string) => {
    asked.push(url);
    return files[new URL(url).pathname.slice(1)];
  };
  const firmware: Firmware = {
    async fetchScript(url) {
      const text = take(url);
      return text === undefined ? { why: `${url}: HTTP 404` } : { text };
    },
    probe: async (url) => (take(url) === undefined ? `${url}: HTTP 404` : null),
    sleep: async () => {},
    print: (line) => lines.push(line),
  };
  return { end: await runScript(base, `#!ipxe\n${script}`, settings, firmware), asked, lines };
}

const files = { 'n/kernel': '', 'n/ramdisk': '' };
const loads = 'kernel n/kernel ipa-api-url=http://x BOOTIF=${mac} initrd=ramdisk\ninitrd n/ramdisk\nboot';

test('kernel, initrd and boot give the command line with its settings filled in', async () => {
  const { end } = await run(loads, files);
  expect(end).toEqual({
    is: 'boot',
    kernel: 'http://boot/n/kernel',
    commandLine: 'ipa-api-url=http://x BOOTIF=52:54:00:00:00:01 initrd=ramdisk',
    initrds: ['http://boot/n/ramdisk'],
  });
});

test('a loop over all NICs chains the configuration of the one that has one', async () => {
  const script = `set i:int32 0
set i 0
:loop
isset \${net\${i}/mac} || goto fallback
chain pxelinux.cfg/\${net\${i}/mac:hexhyp} || goto next
:next
inc i && goto loop
:fallback
echo nothing here
exit 1`;
  const config = `#!ipxe\ngoto deploy\n:deploy\n${loads.replaceAll(' n/', ' /n/')}`;
  const { end, asked } = await run(script, { ...files, 'pxelinux.cfg/52-54-00-00-00-02': config });
  expect(end.is).toBe('boot');
  expect(asked.slice(0, 2)).toEqual([
    'http://boot/pxelinux.cfg/52-54-00-00-00-01',
    'http://boot/pxelinux.cfg/52-54-00-00-00-02',
  ]);
  const none = await run(script);
  expect(none.end).toEqual({ is: 'failed', why: 'exit 1' });
  expect(none.lines).toEqual(['nothing here']);
});

for (const [what, script, is] of [
  ['a label that boots the disk', 'goto disk\n:disk\nsanboot --no-describe', 'disk'],
  ['an ISO that is not there', 'sanboot --no-describe http://i/live.iso', 'failed'],
  ['a drive by its number', 'sanboot --no-describe --drive 0x80', 'disk'],
  ['exit goes on with the next device', 'exit', 'next device'],
  ['the end of the script too', 'echo done', 'next device'],
  ['power off', 'poweroff', 'power off'],
  ['reboot', 'reboot', 'reboot'],
  ['&& after success', 'isset x && poweroff || reboot', 'power off'],
  ['|| after failure', 'isset ${none} && poweroff || reboot', 'reboot'],
  ['a trailing || forgives', 'isset ${none} ||\npoweroff', 'power off'],
  ['a failing line ends the script', 'isset ${none}\npoweroff', 'failed'],
  ['iseq', 'iseq ${net0/mac} 52:54:00:00:00:01 && poweroff ||', 'power off'],
  ['an unknown command', 'frobnicate', 'failed'],
  ['an unknown label', 'goto nowhere', 'failed'],
  ['an endless loop', ':a\ngoto a', 'failed'],
  ['boot without a kernel', 'boot', 'failed'],
  ['a kernel that is not there', 'kernel none', 'failed'],
] as const) {
  test(`${what}: ${is}`, async () => expect((await run(script)).end.is).toBe(is));
}

test('a script that replaces its caller does not come back to it', async () => {
  const { end, lines } = await run('chain --autofree --replace child ||\necho back', { child: '#!ipxe\nexit 1' });
  expect(end).toEqual({ is: 'failed', why: 'exit 1' });
  expect(lines).toEqual([]);
});

test('retries count and give up', async () => {
  const script = `set attempts 3
set attempt 0
:retry
iseq \${attempt} \${attempts} && goto fail ||
kernel n/none && goto booted ||
inc attempt
sleep \${attempt}
goto retry
:booted
boot
:fail
poweroff`;
  const { end, asked } = await run(script);
  expect(end.is).toBe('power off');
  expect(asked).toHaveLength(3);
});

test('chains that call each other end', async () => {
  const { end } = await run('chain boot.ipxe', { 'boot.ipxe': '#!ipxe\nchain boot.ipxe' });
  expect(end).toMatchObject({ is: 'failed', why: expect.stringContaining('deep') });
});

test('settings are expanded by type, innermost first, unknown ones to nothing', () => {
  const more = new Map([...settings, ['i', '1']]);
  expect(expand('${net${i}/mac:hexhyp}|${mac:hexraw}|${nothing}|${mac:uristring}', more)).toBe(
    '52-54-00-00-00-02|525400000001||52%3A54%3A00%3A00%3A00%3A01',
  );
});

test('an ISO over HTTP is booted from', async () => {
  const { end } = await run('sanboot --no-describe http://i/live.iso || exit', { 'live.iso': '' });
  expect(end).toEqual({ is: 'iso', url: 'http://i/live.iso' });
});
