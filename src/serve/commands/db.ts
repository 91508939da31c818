// `ingot db …`: looking after the database, and setting a node's row by hand when nothing else helps.
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { silent } from '#base/log.ts';
import type { Shell } from '#cli/api-command.ts';
import { UsageError, WorkFailed } from '#cli/exit-codes.ts';
import { loadConfig } from '#config/load.ts';
import { forceNode, lockNode, unlockNode } from '#db/break-glass.ts';
import { check } from '#db/check.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { DatabaseUnusable } from '#db/errors.ts';
import { metaOf } from '#db/meta.ts';
import type { NodeRow } from '#db/schema.ts';
import { placesOf } from '../places.ts';
import { type ConfigFlags, configInput, withConfig } from './config-options.ts';

interface Flags extends ConfigFlags {
  json?: boolean;
}

/** `ingot db migrate|backup|check|force|lock|unlock` */
export function dbCommand(shell: Shell): Command {
  const db = withConfig(new Command('db')).description('the database: upgrade, copy, check; a row set by hand');
  db.addCommand(migrateCommand(shell)).addCommand(backupCommand(shell)).addCommand(checkCommand(shell));
  for (const command of breakGlass(shell)) db.addCommand(command);
  return db;
}

function migrateCommand(shell: Shell): Command {
  const command = new Command('migrate').description('bring the database up to what this program knows');
  return command.action(() =>
    withDb(shell, command, 'make', async (db) => {
      shell.screen.out.write(`The database ${db.where} is at schema ${await metaOf(db.read, 'schema')}.\n`);
    }),
  );
}

function backupCommand(shell: Shell): Command {
  const command = new Command('backup')
    .description('copy the whole database to a file while it is in use')
    .argument('<file>', 'a file that is not there yet');
  return command.action((file: string) =>
    withDb(shell, command, 'write', async (db) => {
      if (existsSync(file)) throw new UsageError({ why: `${file} is there already; name a new file.` });
      await db.backup(file);
      shell.screen.out.write(`The database ${db.where} was copied to ${file}.\n`);
    }),
  );
}

function checkCommand(shell: Shell): Command {
  const command = new Command('check')
    .description('look for what is wrong in the database, without changing it')
    .option('--json', 'print it as JSON');
  return command.action(() =>
    withDb(shell, command, 'read', async (db) => {
      const findings = await check(db);
      const { out, err } = shell.screen;
      if (command.opts<Flags>().json) out.write(`${JSON.stringify(findings, null, 2)}\n`);
      else
        for (const { check: name, wrong } of findings) {
          out.write(`${wrong.length === 0 ? 'ok   ' : 'WRONG'} ${name}\n`);
          for (const line of wrong) err.write(`      ${line}\n`);
        }
      const bad = findings.filter(({ wrong }) => wrong.length > 0);
      if (bad.length > 0)
        throw new WorkFailed({
          why: `The database ${db.where} is not in order: ${bad.map(({ check: name }) => name).join('; ')}.`,
        });
    }),
  );
}

function breakGlass(shell: Shell): Command[] {
  const by = userInfo().username;
  const force = new Command('force')
    .description('set columns of a node by hand, past every rule')
    .argument('<node>', 'name or UUID')
    .argument('<json>', 'an object: column to value');
  force.action((node: string, json: string) =>
    change(shell, force, (db) => forceNode(db, node, columnsOf(json), by), 'was set by hand'),
  );
  const lock = new Command('lock')
    .description('lock a node by hand; such a lock never runs out')
    .argument('<node>', 'name or UUID')
    .argument('<host>', 'whose lock it shall be');
  lock.action((node: string, host: string) =>
    change(shell, lock, (db) => lockNode(db, node, host, by), 'is locked by hand'),
  );
  const unlock = new Command('unlock')
    .description('take the lock off a node by hand')
    .argument('<node>', 'name or UUID');
  unlock.action((node: string) => change(shell, unlock, (db) => unlockNode(db, node, by), 'is unlocked'));
  return [force, lock, unlock];
}

function change(shell: Shell, command: Command, work: (db: Db) => Promise<NodeRow>, done: string): Promise<void> {
  return withDb(shell, command, 'write', async (db) => {
    const { uuid, name, provision_state, reservation } = await work(db);
    const lock = reservation === null ? 'not locked' : `locked by ${reservation}`;
    shell.screen.out.write(`Node ${name ?? uuid} ${done}: ${provision_state}, ${lock}.\n`);
  });
}

function columnsOf(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch (error) {
    throw new UsageError({ why: `The columns are not JSON: ${(error as Error).message}.` }, { cause: error });
  }
  throw new UsageError({ why: 'The columns must be a JSON object such as {"provision_state": "available"}.' });
}

/** `make` creates a database that is missing; `read` and `write` want one that is there and has our schema. */
async function withDb(
  shell: Shell,
  command: Command,
  purpose: 'read' | 'write' | 'make',
  work: (db: Db) => Promise<void>,
): Promise<void> {
  const loaded = loadConfig(configInput(command.optsWithGlobals<Flags>(), shell.env));
  const { databaseUrl } = placesOf(loaded);
  const file = /^sqlite:\/\/(\/.+)$/.exec(databaseUrl)?.[1];
  if (purpose !== 'make' && file !== undefined && !existsSync(file))
    throw new DatabaseUnusable({
      where: file,
      why: 'there is no such file',
      advice: 'name the data folder with --data-dir, or make a database with "ingot db migrate"',
    });
  const db = await openDb({ url: databaseUrl, readOnly: purpose === 'read', log: silent, clock: shell.clock });
  try {
    await work(db);
  } finally {
    await db.close();
  }
}
