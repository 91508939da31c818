// `ingot node list` and `ingot node show`.
import type { Command } from 'commander';
import { pathTo, type Query, type Row } from '../api-client.ts';
import { apiCommand, type Call, type Shell, showMany, showOne } from '../api-command.ts';
import { UsageError } from '../exit-codes.ts';

interface ListFlags {
  fields?: string;
  state?: string;
  driver?: string;
  resourceClass?: string;
  owner?: string;
  fault?: string;
  maintenance?: boolean;
  limit?: string;
  sort?: string;
}

const usual = ['name', 'uuid', 'power_state', 'provision_state', 'maintenance', 'driver'];

export const listCommand = (shell: Shell): Command =>
  apiCommand<ListFlags>(
    shell,
    {
      name: 'list',
      about: 'all machines',
      options: [
        { flags: '--fields <names>', help: 'fields to show, separated by commas' },
        { flags: '--state <provision-state>', help: 'only those in this provision state' },
        { flags: '--driver <name>', help: 'only those of this hardware type' },
        { flags: '--resource-class <name>', help: 'only those of this resource class' },
        { flags: '--owner <project>', help: 'only those of this owner' },
        { flags: '--fault <name>', help: 'only those with this fault' },
        { flags: '--maintenance', help: 'only those in maintenance' },
        { flags: '--no-maintenance', help: 'only those not in maintenance' },
        { flags: '--limit <n>', help: 'no more than this many' },
        { flags: '--sort <field[:desc]>', help: 'order' },
      ],
      examples: [
        'ingot node list --state active --fields name,instance_uuid',
        'ingot node list --sort updated_at:desc --limit 5',
      ],
    },
    list,
  );

async function list(call: Call<ListFlags>): Promise<void> {
  const { client, flags } = call;
  const fields = flags.fields?.split(',').map((name) => name.trim());
  const [sortKey, direction] = flags.sort?.split(':') ?? [];
  const query: Query = {
    fields: (fields ?? usual).join(','),
    provision_state: flags.state,
    driver: flags.driver,
    resource_class: flags.resourceClass,
    owner: flags.owner,
    fault: flags.fault,
    maintenance: flags.maintenance,
    sort_key: sortKey,
    sort_dir: direction,
  };
  const rows = await client.list('/v1/nodes', 'nodes', query, limitOf(flags.limit));
  showMany(call, rows.map(withoutLinks), fields ?? usual, 'such nodes');
}

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d*$/.test(text)) throw new UsageError({ why: `--limit takes a number above 0; not "${text}".` });
  return Number(text);
}

/** Links are for programs that follow them, which this one does not. */
export const withoutLinks = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([key, value]) => key !== 'links' && !isLinks(value)));

const isLinks = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => typeof one === 'object' && one !== null && 'rel' in one);

interface ShowFlags {
  fields?: string;
}

export const showCommand = (shell: Shell): Command =>
  apiCommand<ShowFlags>(
    shell,
    {
      name: 'show',
      about: 'one machine, field by field',
      takes: [['<node>', 'name or UUID']],
      options: [{ flags: '--fields <names>', help: 'fields to show, separated by commas' }],
    },
    async (call) => {
      const row = withoutLinks(await call.client.get(pathTo('nodes', call.words[0]!), { fields: call.flags.fields }));
      showOne(call, row, call.flags.fields ? row : withoutEmpty(row));
    },
  );

/** For people: what is set. */
const withoutEmpty = (row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).filter(
      ([, value]) =>
        value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value ?? {}).length === 0),
    ),
  );
