// What the API is told of [cors], [healthcheck], [api] and [oslo_middleware].
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadConfig } from '#config/load.ts';
import { ownDefaults } from './own-defaults.ts';
import { apiSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'ingot-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

function settings(text: string) {
  const file = join(folder, 'ironic.conf');
  writeFileSync(file, text);
  const loaded = ownDefaults(loadConfig({ files: [file] }));
  return { ...apiSettings(loaded.config), warnings: loaded.warnings, config: loaded.config };
}

test('sections of other origins take what they leave out from [cors]', () => {
  const { cors, warnings } = settings(`[cors]
allowed_origin = https://a
max_age = 7
[cors.https://b:8080]
allowed_origin = https://b:8080
allow_methods = GET
[cors.nobody]
max_age = 1
`);
  expect(warnings).toEqual([]);
  expect(cors).toMatchObject({
    allowedOrigins: ['https://a'],
    more: [{ allowedOrigins: ['https://b:8080'], maxAgeSeconds: 7, allowMethods: ['GET'] }],
  });
  expect(settings('').cors).toBeUndefined();
});

test('the health check is there unless somebody said otherwise', () => {
  expect(settings('').health).toEqual({ path: '/healthcheck', detailed: false, files: [] });
  expect(settings('[healthcheck]\nenabled = false').health).toBeNull();
  const text = '[healthcheck]\ndisable_by_file_path = /a\ndisable_by_file_paths = 6385:/b, 80:/c\npath = /well';
  const files = [{ file: '/a' }, { port: 6385, file: '/b' }, { port: 80, file: '/c' }];
  expect(settings(text).health).toEqual({ path: '/well', detailed: false, files });
});

test('bodies are limited as they are now, the usual ones by either limit', () => {
  const { bodyKiB, config } = settings(
    '[api]\nmax_json_body_size = 8\n[oslo_middleware]\nmax_request_body_size = 4096',
  );
  expect(bodyKiB).toMatchObject({ usual: 4, provision: 65536, inspection: 16384 });
  (config.api as { max_json_body_size: number }).max_json_body_size = 2;
  expect(bodyKiB!.usual).toBe(2);
});
