// `npm start`: the service on an embedded database, a rack of simulated machines, and one of them deployed.

import { createWriteStream, renameSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { defineError, explain } from '#base/errors.ts';
import { makeFolder } from '#base/folders.ts';
import { type Log, silent } from '#base/log.ts';
import { apiClient, pathTo } from '#cli/api-client.ts';
import type { Shell } from '#cli/api-command.ts';
import { connectionOf } from '#cli/connection.ts';
import { Interrupted, WorkFailed } from '#cli/exit-codes.ts';
import { type Rack, type RackOptions, startRack } from '#sim/rack.ts';
import { type DemoFiles, demoUrls, writeDemoFiles } from './demo/demo-files.ts';
import { enroll } from './demo/enroll.ts';
import { bringToActive, type FirstMachine } from './demo/first-machine.ts';
import { freePort } from './demo/free-port.ts';
import { nextSteps } from './demo/next-steps.ts';
import { makeLog } from './log.ts';
import { type Running, serve } from './serve.ts';

export interface UpOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly machines: number;
  /** `ADDR:PORT` of the first BMC. */
  readonly ipmi: string;
  /** 1 is the pace of real machines. */
  readonly speed: number;
  /** End after the first machine is active. */
  readonly once: boolean;
  readonly sets: readonly string[];
  /** How the user calls this program, for the commands that are printed. */
  readonly program: string;
}

const DiskFull = defineError(
  'DiskFull',
  507,
  (p: { folder: string }) =>
    `The disk under ${p.folder} is full; free some space, or name another folder with --data-dir.`,
);

const host = '127.0.0.1';
const usualPort = 6385;
const bootPort = 8088;

/** Run the demonstration until `shell.signal` is aborted, or with `once` until the first machine is active. */
export async function up(options: UpOptions, shell: Shell): Promise<void> {
  const say = (text: string) => shell.screen.err.write(`${text}\n`);
  const folder = resolve(options.dataDir);
  const undo: (() => Promise<unknown>)[] = [];
  try {
    const log = fileLog(folder);
    const bootUrl = `http://${host}:${await freePort(host, bootPort)}`;
    const files = demoUrls(bootUrl);
    const running = await serve({
      sets: setsOf(options, folder, bootUrl, files),
      env: shell.env,
      log,
      clock: shell.clock,
    });
    undo.push(() => running.stop());
    await writeDemoFiles(join(folder, 'httpboot'));
    const rack = await rackOf(options, { folder, bootUrl, log });
    // The rack stays until the service has come to rest: work on its way to a safe point needs its BMCs.
    undo.unshift(() => rack.close());
    tellStart(say, running, rack, folder);
    const nodes = await firstMinutes({ options, shell, running, rack, files, say });
    if (options.once) return;
    say(`\nThings to try, in another terminal in this folder:\n`);
    say(nextSteps({ program: options.program, url: running.url, usualUrl: options.port === usualPort, files, nodes }));
    say('Ingot runs until Ctrl-C.');
    await untilAborted(shell.signal);
    say('\nStopping; the machines and their state are kept for the next start.');
  } catch (error) {
    throw isDiskFull(error) ? new DiskFull({ folder }, { cause: error }) : error;
  } finally {
    for (const end of undo.reverse()) await end();
  }
}

interface Minutes {
  readonly options: UpOptions;
  readonly shell: Shell;
  readonly running: Running;
  readonly rack: Rack;
  readonly files: DemoFiles;
  readonly say: (text: string) => void;
}

async function firstMinutes({ options, shell, running, rack, files, say }: Minutes) {
  const client = apiClient(connectionOf({ url: running.url }, {}), shell.clock, shell.signal);
  try {
    const { created, found } = await enroll(client, rack.descriptions);
    if (created > 0) say(`${created} machines are enrolled as nodes sim-1 to sim-${options.machines}.`);
    if (found > 0) say(`${found} nodes are there from before.`);
    const first = rack.descriptions[0]!.name;
    try {
      await showOne({ client, ...shell, node: first, files }, say);
    } catch (error) {
      if (shell.signal.aborted) throw error;
      const failed = new WorkFailed({ why: explain(error) }, { cause: error });
      if (options.once) throw failed;
      say(`${failed.message}\nAsk "${options.program} node explain ${first}" for more.`);
    }
    const rows = await client.list('/v1/nodes', 'nodes', { fields: 'name,provision_state' });
    return rows.map((row) => ({ name: String(row.name), state: String(row.provision_state) }));
  } catch (error) {
    if (!shell.signal.aborted) throw error;
    throw new Interrupted({ advice: 'the next start goes on from here' }, { cause: error });
  } finally {
    await client.close();
  }
}

async function showOne(order: FirstMachine, say: (text: string) => void): Promise<void> {
  const { client, node } = order;
  const { provision_state: state } = await client.get(pathTo('nodes', node), { fields: 'provision_state' });
  if (state === 'active') return say(`${node} is active, as it was left.`);
  say(`\n${node} is in the state "${state}"; it is brought to "active": checked, cleaned, given a system, started.`);
  const seconds = await bringToActive(order);
  say(`${node} is active after ${seconds.toFixed(1)} s.`);
}

function setsOf(options: UpOptions, folder: string, bootUrl: string, files: DemoFiles): string[] {
  return [
    `ingot.data_dir=${folder}`,
    `api.host_ip=${host}`,
    `api.port=${options.port}`,
    'DEFAULT.enabled_hardware_types=ipmi,fake-hardware,manual-management',
    'DEFAULT.default_boot_interface=ipxe',
    'DEFAULT.default_deploy_interface=direct',
    'DEFAULT.default_network_interface=noop',
    `ingot.boot_address=${host}`,
    'ingot.boot_mode=off',
    'ingot.tftp_port=0',
    `ingot.http_port=${new URL(bootUrl).port}`,
    `conductor.deploy_kernel=${files.kernel}`,
    `conductor.deploy_ramdisk=${files.ramdisk}`,
    ...options.sets,
  ];
}

async function rackOf(options: UpOptions, around: { folder: string; bootUrl: string; log: Log }): Promise<Rack> {
  const order: RackOptions = {
    count: options.machines,
    ipmi: options.ipmi,
    bootUrl: around.bootUrl,
    speed: options.speed,
    stateDir: join(around.folder, 'rack'),
    log: around.log,
  };
  try {
    return await startRack(order);
  } catch (error) {
    if (!explain(error).includes('EADDRINUSE')) throw error;
    // Someone else has these ports; enrolling tells the nodes where their BMCs answer now.
    return startRack({ ...order, ipmi: `${host}:0` });
  }
}

function tellStart(say: (text: string) => void, running: Running, rack: Rack, folder: string): void {
  const ports = rack.descriptions.map(({ port }) => port);
  say(`Ingot answers at ${running.url}; its data is in ${folder}, its log in ${join(folder, 'ingot.log')}.`);
  say(
    `${ports.length} simulated machines are in the rack; their BMCs speak IPMI at ${host}:${ports[0]} to ${ports.at(-1)}.`,
  );
}

const mostLogBytes = 16 * 1024 * 1024;

/** The log goes to a file: the terminal belongs to the demonstration. */
function fileLog(folder: string): Log {
  const file = join(folder, 'ingot.log');
  try {
    makeFolder(folder);
  } catch {
    // Whoever locks the folder says better what is wrong with it.
    return silent;
  }
  const before = statSync(file, { throwIfNoEntry: false });
  if (before && before.size > mostLogBytes) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: 'a' });
  // A full disk is told by the database; the log must not end the program.
  stream.on('error', () => {});
  return makeLog({ level: 'info', format: 'json' }, stream);
}

const codesOfFull = /ENOSPC|SQLITE_FULL|disk is full|disk quota/i;

function isDiskFull(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause)
    if (codesOfFull.test(`${at.message} ${'code' in at ? at.code : ''}`)) return true;
  return false;
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });
