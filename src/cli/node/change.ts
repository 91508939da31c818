// `ingot node set`, `unset`, `delete`, `maintenance`: the record changes, not the machine.
import type { Command } from 'commander';
import { pathTo } from '../api-client.ts';
import { apiCommand, type Call, type Shell, showOne, tell } from '../api-command.ts';
import { assignmentOf, pointer } from '../assignments.ts';
import { UsageError } from '../exit-codes.ts';
import { withoutLinks } from './list.ts';

interface SetFlags {
  name?: string;
  driver?: string;
  resourceClass?: string;
  driverInfo?: string[];
  property?: string[];
  instanceInfo?: string[];
  extra?: string[];
}

const node = ['<node>', 'name or UUID'] as const;

interface Operation {
  readonly op: 'add' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

/** Options that set a key inside a field. */
const families = {
  driverInfo: 'driver_info',
  property: 'properties',
  instanceInfo: 'instance_info',
  extra: 'extra',
} as const;
const plain = { name: 'name', driver: 'driver', resourceClass: 'resource_class' } as const;

export const setCommand = (shell: Shell): Command =>
  apiCommand<SetFlags>(
    shell,
    {
      name: 'set',
      about: 'change fields of a machine',
      takes: [[...node], ['[changes...]', 'FIELD=TEXT, FIELD/KEY=TEXT, or FIELD:=JSON']],
      options: [
        { flags: '--name <name>', help: 'another name' },
        { flags: '--driver <name>', help: 'another hardware type' },
        { flags: '--resource-class <name>', help: 'another resource class' },
        { flags: '--driver-info <key=value>', help: 'a key of driver_info', many: true },
        { flags: '--property <key=value>', help: 'a key of properties', many: true },
        { flags: '--instance-info <key=value>', help: 'a key of instance_info', many: true },
        { flags: '--extra <key=value>', help: 'a key of extra', many: true },
      ],
      examples: [
        'ingot node set rack1-07 resource_class=gold properties/cpus:=16',
        'ingot node set rack1-07 --driver-info ipmi_port=6230',
      ],
    },
    async (call) => change(call, operationsOf(call)),
  );

export const unsetCommand = (shell: Shell): Command =>
  apiCommand<object>(
    shell,
    {
      name: 'unset',
      about: 'take fields of a machine away',
      takes: [[...node], ['<fields...>', 'FIELD or FIELD/KEY']],
      examples: ['ingot node unset rack1-07 instance_info/capabilities'],
    },
    async (call) =>
      change(
        call,
        call.rest.map((path) => ({ op: 'remove' as const, path: `/${path.replace(/^\//, '')}` })),
      ),
  );

function operationsOf({ flags, rest }: Call<SetFlags>): Operation[] {
  const operations: Operation[] = rest.map((text) => {
    const { key, value } = assignmentOf('set', text);
    return { op: 'add', path: `/${key.replace(/^\//, '')}`, value };
  });
  for (const [flag, field] of Object.entries(plain)) {
    const value = flags[flag as keyof typeof plain];
    if (value !== undefined) operations.push({ op: 'add', path: `/${field}`, value });
  }
  for (const [flag, field] of Object.entries(families))
    for (const text of flags[flag as keyof typeof families] ?? []) {
      const { key, value } = assignmentOf(`--${field.replace('_', '-')}`, text);
      operations.push({ op: 'add', path: `/${field}/${pointer(key)}`, value });
    }
  if (operations.length === 0) throw new UsageError({ why: 'Nothing to change: give FIELD=VALUE or an option.' });
  return operations;
}

async function change(call: Call<unknown>, operations: readonly Operation[]): Promise<void> {
  const changed = await call.client.send('PATCH', pathTo('nodes', call.words[0]!), operations);
  if (call.flags.json) showOne(call, withoutLinks(changed ?? {}));
  else
    tell(
      call,
      `Node ${call.words[0]}: ${operations.map(({ op, path }) => `${op === 'add' ? 'set' : 'took away'} ${path.slice(1)}`).join(', ')}.`,
    );
}

export const deleteCommand = (shell: Shell): Command =>
  apiCommand<object>(
    shell,
    { name: 'delete', about: 'forget a machine', takes: [['<nodes...>', 'names or UUIDs']] },
    async (call) => {
      for (const ident of call.rest) {
        await call.client.send('DELETE', pathTo('nodes', ident));
        tell(call, `Node ${ident} is forgotten.`);
      }
      if (call.flags.json) showOne(call, { deleted: call.rest });
    },
  );

export const maintenanceCommand = (shell: Shell): Command =>
  apiCommand<{ reason?: string }>(
    shell,
    {
      name: 'maintenance',
      about: 'keep the service from acting on a machine by itself, or let it again',
      takes: [[...node], ['<on|off>', 'which', ['on', 'off']]],
      options: [{ flags: '--reason <text>', help: 'why' }],
    },
    async (call) => {
      const [ident, to] = call.words;
      const path = pathTo('nodes', ident!, 'maintenance');
      if (to === 'on')
        await call.client.send('PUT', path, call.flags.reason === undefined ? {} : { reason: call.flags.reason });
      else await call.client.send('DELETE', path);
      if (call.flags.json) showOne(call, { node: ident, maintenance: to === 'on' });
      else tell(call, `Maintenance of node ${ident} is ${to}.`);
    },
  );
