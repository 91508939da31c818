import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { recipeKey } from './build.ts';
import { ownFiles } from './init-scripts.ts';
import { packagesFor, pruned } from './recipe.ts';
import { parseDpkgStatus } from './root-stage.ts';

test('no package is named twice, and the generic ramdisk has all that the cloud one has', () => {
  const generic = packagesFor('generic');
  expect(new Set(generic).size).toBe(generic.length);
  expect(generic).toEqual(expect.arrayContaining([...packagesFor('cloud')]));
});

test('nothing outside the root is ever pruned', () => {
  for (const path of pruned) expect(path).not.toMatch(/^\/|\.\./);
});

const files = ownFiles({ debugShell: true, sshKeys: ['ssh-ed25519 AAAA me\n'] });

test.each([...files].filter(([, file]) => file.text.startsWith('#!/bin/sh')))('%s is a shell script', (_path, file) => {
  execFileSync('sh', ['-n'], { input: file.text });
  expect(file.mode).toBe(0o755);
});

test('keys and the shell on the console are there only when asked for', () => {
  expect(files.get('root/.ssh/authorized_keys')).toEqual({ text: 'ssh-ed25519 AAAA me\n', mode: 0o600 });
  expect(files.get('etc/inittab')?.text).toContain('/bin/bash');
  const plain = ownFiles({ debugShell: false, sshKeys: [] });
  expect(plain.has('root/.ssh/authorized_keys')).toBe(false);
  expect(plain.get('etc/inittab')?.text).not.toContain('bash');
});

test('a recipe has another key when an option changes what comes out', () => {
  const keys = [{}, { kernel: 'generic' }, { agentVersion: '12.0.0' }, { debugShell: true }, { suite: 'sid' }] as const;
  expect(new Set(keys.map((options) => recipeKey(options))).size).toBe(keys.length);
  expect(recipeKey({ kernel: 'cloud' })).toBe(recipeKey({}));
});

test('packages are read from the status file of dpkg, installed ones only', () => {
  const status = [
    'Package: gdisk\nStatus: install ok installed\nVersion: 1.0.10-2\nDescription: x\n Version: of text',
    'Package: perl\nStatus: deinstall ok config-files\nVersion: 5.40',
  ].join('\n\n');
  expect(parseDpkgStatus(status)).toEqual({ gdisk: '1.0.10-2' });
});
