// `openstack baremetal` of PyPI against a running Ingot, until every one of its commands has run.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openOsc } from './osc.ts';
import type { OscBench } from './osc-bench.ts';
import { resourceSuite } from './osc-resources.suite.ts';
import { verbSuite } from './osc-verbs.suite.ts';
import { ensurePythonClients } from './python.ts';
import { openClientSite } from './site.ts';

let bench: OscBench;
beforeAll(async () => {
  const bin = await ensurePythonClients();
  const site = await openClientSite();
  bench = { bin, site, osc: openOsc(bin, site.running.url) };
});
afterAll(async () => {
  await bench?.osc.end();
  await bench?.site.close();
});

describe('resources', () => resourceSuite(() => bench));
describe('nodes at work', () => verbSuite(() => bench));

test('no command of the client is left that did not run', async () => {
  const { all, ran } = await bench.osc.commands();
  expect(all.filter((name) => !ran.has(name))).toEqual([]);
});
