import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { maskedUrl } from './masked-url.ts';
import { openableFile, parseReference, withoutGlance } from './reference.ts';

for (const [source, kind, name] of [
  ['http://images.example/debian-12.qcow2', 'http', 'debian-12.qcow2'],
  ['https://u:p@images.example:8443/a/b%20c.raw?x=1', 'http', 'b c.raw'],
  ['file:///var/lib/ironic/x.img', 'file', 'x.img'],
  ['file://localhost/var/lib/ironic/x.img', 'file', 'x.img'],
  ['6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10', 'glance', '6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10'],
  ['glance://6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10', 'glance', '6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10'],
] as const) {
  test(`${source} is an image of kind ${kind}`, () => {
    expect(parseReference(source)).toMatchObject({ kind, name });
  });
}

for (const [source, reason] of [
  ['', 'is missing'],
  [null, 'is missing'],
  ['debian-12', 'neither a URL nor'],
  ['/etc/passwd', 'neither a URL nor'],
  ['ftp://x/y', 'scheme ftp:// is not served'],
  ['oci://x/y', 'scheme oci:// is not served'],
  ['file://host/etc/passwd', 'names no host'],
  ['file:///a%00b', 'zero byte'],
  ['file:///a%2fb', 'cannot be decoded'],
] as const) {
  test(`${JSON.stringify(source)} is refused: ${reason}`, () => expect(() => parseReference(source)).toThrow(reason));
}

test('an image of glance is refused with what to do', () => {
  expect(() => withoutGlance(parseReference('6d1b8b44-3a54-4c1b-8f3f-3f3f5d1f0d10'))).toThrow(
    /image of glance.*give an http/,
  );
});

for (const [url, shown] of [
  ['http://me:pw@host/x', 'http://***@host/x'],
  ['http://host/x?temp_url_sig=abc&temp_url_expires=9', 'http://host/x?temp_url_sig=***&temp_url_expires=9'],
  ['http://host/x?X-Amz-Signature=abc', 'http://host/x?X-Amz-Signature=***'],
  ['http://host/x', 'http://host/x'],
  ['not//me:pw@a url', 'not//***@a url'],
] as const) {
  test(`${shown} is shown without its secrets`, () => expect(maskedUrl(url)).toBe(shown));
}

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'images-'));
  mkdirSync(join(root, 'ok/below'), { recursive: true });
  mkdirSync(join(root, 'ok-not'));
  writeFileSync(join(root, 'ok/below/a.img'), 'abc');
  writeFileSync(join(root, 'ok-not/b.img'), 'b');
  writeFileSync(join(root, 'secret'), 's');
  symlinkSync(join(root, 'secret'), join(root, 'ok/link'));
  symlinkSync(join(root, 'ok-not'), join(root, 'ok/folder'));
  symlinkSync(join(root, 'ok'), join(root, 'alias'));
});
afterAll(() => rmSync(root, { recursive: true }));

const open = (path: string, allowed = ['ok']) => {
  const reference = parseReference(`file://${join(root, path)}`);
  if (reference.kind !== 'file') throw new Error('not a file');
  return openableFile(
    reference,
    allowed.map((folder) => join(root, folder)),
  );
};

test('a file in an allowed folder is opened, also when the folder is reached by a link', async () => {
  expect(await open('ok/below/a.img')).toMatchObject({ size: 3 });
  expect(await open('ok/below/a.img', ['alias'])).toMatchObject({ size: 3 });
  expect(await open('alias/below/a.img')).toMatchObject({ size: 3 });
});

for (const path of ['secret', 'ok/../secret', 'ok/link', 'ok/folder/b.img', 'ok-not/b.img', 'nowhere']) {
  test(`${path} is refused: it lies outside`, () => expect(open(path)).rejects.toThrow('file_url_allowed_paths'));
}

test('a missing file and a folder are refused', async () => {
  await expect(open('ok/none')).rejects.toThrow(/cannot be reached \(ENOENT\)/);
  await expect(open('ok/below')).rejects.toThrow('not a regular file');
});
