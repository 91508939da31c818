// `ingot node create`: a machine becomes known, with its ports.
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { pathTo, type Row } from '../api-client.ts';
import { apiCommand, type Call, type Shell, showOne, tell } from '../api-command.ts';
import { objectOf } from '../assignments.ts';
import { UsageError } from '../exit-codes.ts';

interface Flags {
  driver: string;
  name?: string;
  uuid?: string;
  bmc?: string;
  bmcUser?: string;
  bmcPassword?: string;
  bmcPasswordFile?: string;
  bmcPasswordEnv?: string;
  mac?: string[];
  resourceClass?: string;
  driverInfo?: string[];
  property?: string[];
  extra?: string[];
  set?: string[];
}

/** What a BMC's place and credentials are called in `driver_info`, by driver. */
const bmcKeys: Readonly<Record<string, { address: string; port?: string; username: string; password: string }>> = {
  ipmi: { address: 'ipmi_address', port: 'ipmi_port', username: 'ipmi_username', password: 'ipmi_password' },
  redfish: { address: 'redfish_address', username: 'redfish_username', password: 'redfish_password' },
};

export const createCommand = (shell: Shell): Command =>
  apiCommand<Flags>(
    shell,
    {
      name: 'create',
      about: 'enroll a machine',
      options: [
        { flags: '--driver <name>', help: 'hardware type: ipmi, fake-hardware, … (usually ipmi)' },
        { flags: '--name <name>', help: 'what to call it' },
        { flags: '--uuid <uuid>', help: 'a UUID of your own' },
        { flags: '--bmc <address[:port]>', help: 'where its BMC answers' },
        { flags: '--bmc-user <name>', help: 'user of the BMC' },
        {
          flags: '--bmc-password <text>',
          help: 'its password; others on this machine may see it, so rather use a file',
        },
        { flags: '--bmc-password-file <file>', help: 'file whose first line is the password' },
        { flags: '--bmc-password-env <name>', help: 'variable of the environment that holds the password' },
        { flags: '--mac <address>', help: 'a network card that boots; makes a port', many: true },
        { flags: '--resource-class <name>', help: 'what the scheduler counts it as' },
        { flags: '--driver-info <key=value>', help: 'anything else in driver_info', many: true },
        { flags: '--property <key=value>', help: 'cpus, memory_mb, capabilities, …', many: true },
        { flags: '--extra <key=value>', help: 'notes of your own', many: true },
        { flags: '--set <field=value>', help: 'any other field of a node; field:=JSON', many: true },
      ],
      examples: [
        'ingot node create --driver ipmi --name rack1-07 --bmc 10.0.0.17 --bmc-user admin \\',
        '    --bmc-password-file bmc.secret --mac 52:54:00:12:34:56',
      ],
    },
    create,
  );

async function create(call: Call<Flags>): Promise<void> {
  const { client, flags } = call;
  const node = (await client.send('POST', '/v1/nodes', nodeOf(flags, call.env)))!;
  const uuid = String(node.uuid);
  const ports: Row[] = [];
  try {
    for (const address of flags.mac ?? [])
      ports.push((await client.send('POST', '/v1/ports', { node_uuid: uuid, address }))!);
  } catch (error) {
    // Half a machine would be in the way of the next attempt.
    await client.send('DELETE', pathTo('nodes', uuid)).catch(() => {});
    throw error;
  }
  const { name, driver, provision_state } = node;
  showOne(
    call,
    { ...node, ...(flags.json && { ports }) },
    { uuid, name, driver, provision_state, macs: flags.mac?.join(', ') },
  );
  tell(call, `Enrolled. Next: ingot node manage ${flags.name ?? uuid} --watch`);
}

function nodeOf(flags: Flags, env: Shell['env']): Row {
  const driver = flags.driver ?? 'ipmi';
  return {
    driver,
    ...(flags.name !== undefined && { name: flags.name }),
    ...(flags.uuid !== undefined && { uuid: flags.uuid }),
    ...(flags.resourceClass !== undefined && { resource_class: flags.resourceClass }),
    driver_info: { ...bmcOf(driver, flags, env), ...objectOf('--driver-info', flags.driverInfo) },
    properties: objectOf('--property', flags.property),
    extra: objectOf('--extra', flags.extra),
    ...objectOf('--set', flags.set),
  };
}

function bmcOf(driver: string, flags: Flags, env: Shell['env']): Row {
  const password = passwordOf(flags, env);
  const user = flags.bmcUser;
  if (flags.bmc === undefined && user === undefined && password === undefined) return {};
  const keys = bmcKeys[driver];
  if (!keys)
    throw new UsageError({
      why: `--bmc, --bmc-user and --bmc-password have no meaning for driver ${driver}; use --driver-info.`,
    });
  const place = flags.bmc === undefined ? {} : placeOf(flags.bmc, keys.port !== undefined);
  return {
    ...(place.address !== undefined && { [keys.address]: place.address }),
    ...(place.port !== undefined && keys.port && { [keys.port]: place.port }),
    ...(user !== undefined && { [keys.username]: user }),
    ...(password !== undefined && { [keys.password]: password }),
  };
}

/** `host`, `host:port`, `[v6]:port` or a bare IPv6 address; an address with a scheme stays whole. */
function placeOf(text: string, splits: boolean): { address?: string; port?: string } {
  if (!splits || (text.match(/:/g)?.length ?? 0) > 1) {
    const bracketed = /^\[([^\]]+)\](?::(\d+))?$/.exec(text);
    if (splits && bracketed) return { address: bracketed[1]!, ...(bracketed[2] && { port: bracketed[2] }) };
    return { address: text };
  }
  const found = /^([^:]+)(?::(\d{1,5}))?$/.exec(text);
  if (!found) throw new UsageError({ why: `--bmc takes ADDRESS or ADDRESS:PORT; not "${text}".` });
  return { address: found[1]!, ...(found[2] && { port: found[2] }) };
}

function passwordOf(flags: Flags, env: Shell['env']): string | undefined {
  const given = [flags.bmcPassword, flags.bmcPasswordFile, flags.bmcPasswordEnv].filter((one) => one !== undefined);
  if (given.length > 1)
    throw new UsageError({ why: 'Give one of --bmc-password, --bmc-password-file and --bmc-password-env.' });
  if (flags.bmcPasswordEnv !== undefined) {
    const value = env[flags.bmcPasswordEnv];
    if (value === undefined)
      throw new UsageError({ why: `--bmc-password-env: there is no variable ${flags.bmcPasswordEnv}.` });
    return value;
  }
  if (flags.bmcPasswordFile === undefined) return flags.bmcPassword;
  try {
    return readFileSync(flags.bmcPasswordFile, 'utf8').split(/\r?\n/, 1)[0]!;
  } catch (error) {
    throw new UsageError({ why: `--bmc-password-file cannot be read: ${(error as Error).message}.` }, { cause: error });
  }
}
