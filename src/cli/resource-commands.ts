// Ports, drivers and conductors: what is there, and for ports how it comes and goes.
import { Command } from 'commander';
import { pathTo, type Row } from './api-client.ts';
import { apiCommand, type Shell, showMany, showOne, tell } from './api-command.ts';
import { objectOf } from './assignments.ts';
import { withoutLinks } from './node/list.ts';

interface PortFlags {
  node?: string;
  address?: string;
  pxe?: boolean;
  physicalNetwork?: string;
  extra?: string[];
}

/** `ingot port …` */
export function portCommand(shell: Shell): Command {
  const node = { flags: '--node <node>', help: 'name or UUID of the machine' };
  const list = apiCommand<PortFlags>(
    shell,
    {
      name: 'list',
      about: 'network cards of machines',
      options: [node, { flags: '--address <mac>', help: 'only this one' }],
    },
    async (call) => {
      const { flags, client } = call;
      const query = { node: flags.node, address: flags.address, detail: true };
      const rows = (await client.list('/v1/ports', 'ports', query)).map(withoutLinks);
      showMany(call, rows, ['uuid', 'address', 'node_uuid', 'pxe_enabled', 'physical_network'], 'such ports');
    },
  );
  const show = apiCommand<object>(
    shell,
    { name: 'show', about: 'one port', takes: [['<port>', 'UUID']] },
    async (call) => showOne(call, withoutLinks(await call.client.get(pathTo('ports', call.words[0]!)))),
  );
  const create = apiCommand<PortFlags>(
    shell,
    {
      name: 'create',
      about: 'tell of a network card',
      takes: [['<mac>', 'its address']],
      options: [
        node,
        { flags: '--no-pxe', help: 'the machine does not boot from it' },
        { flags: '--physical-network <name>', help: 'where it is plugged in' },
        { flags: '--extra <key=value>', help: 'notes of your own', many: true },
      ],
    },
    async (call) => {
      const { flags, client, words } = call;
      const { uuid } = await client.get(pathTo('nodes', flags.node ?? ''), { fields: 'uuid' });
      const port: Row = {
        node_uuid: uuid,
        address: words[0],
        pxe_enabled: flags.pxe ?? true,
        ...(flags.physicalNetwork !== undefined && { physical_network: flags.physicalNetwork }),
        extra: objectOf('--extra', flags.extra),
      };
      showOne(call, withoutLinks((await client.send('POST', '/v1/ports', port)) ?? {}));
    },
  );
  create.options.find((option) => option.long === '--node')?.makeOptionMandatory();
  const remove = apiCommand<object>(
    shell,
    { name: 'delete', about: 'forget network cards', takes: [['<ports...>', 'UUIDs']] },
    async (call) => {
      for (const ident of call.rest) await call.client.send('DELETE', pathTo('ports', ident));
      if (call.flags.json) showOne(call, { deleted: call.rest });
      else tell(call, `Forgotten: ${call.rest.join(', ')}.`);
    },
  );
  const port = new Command('port').description('network cards of machines');
  for (const made of [list, show, create, remove]) port.addCommand(made);
  return port;
}

/** `ingot driver list` */
export function driverCommand(shell: Shell): Command {
  const list = apiCommand<object>(
    shell,
    { name: 'list', about: 'hardware types that are switched on' },
    async (call) => {
      const { drivers } = await call.client.get('/v1/drivers');
      const rows = ((drivers ?? []) as Row[]).map(withoutLinks);
      const shown = rows.map((row) => ({ ...row, hosts: (row.hosts as string[] | undefined)?.join(', ') }));
      showMany(call, call.flags.json ? rows : shown, ['name', 'hosts', 'type'], 'drivers');
    },
  );
  return new Command('driver').description('hardware types').addCommand(list);
}

/** `ingot conductor list` */
export function conductorCommand(shell: Shell): Command {
  const list = apiCommand<object>(shell, { name: 'list', about: 'processes that do the work' }, async (call) => {
    const rows = (await call.client.list('/v1/conductors', 'conductors')).map(withoutLinks);
    showMany(call, rows, ['hostname', 'alive', 'conductor_group', 'updated_at'], 'conductors');
  });
  return new Command('conductor').description('processes that do the work').addCommand(list);
}
