// What a user asks about a machine: is it set up well, what happened, why does it stand still.
import type { Command } from 'commander';
import { pathTo, type Row } from '../api-client.ts';
import { apiCommand, type Call, type Shell, showMany, showOne } from '../api-command.ts';
import { UsageError, WorkFailed } from '../exit-codes.ts';
import { explainNode } from '../explain.ts';
import { printable } from '../table.ts';
import { withoutLinks } from './list.ts';
import { lookOn, type WatchFlags } from './work.ts';

/** Without these nothing can be deployed. */
const needed = ['power', 'management', 'boot', 'deploy', 'network'];

export const validateCommand = (shell: Shell): Command =>
  apiCommand<object>(
    shell,
    {
      name: 'validate',
      about: `is all there that each interface needs? Exit code 1 where ${needed.join(', ')} are not in order`,
      takes: [['<node>', 'name or UUID']],
    },
    async (call) => {
      const found = await call.client.get(pathTo('nodes', call.words[0]!, 'validate'));
      const rows = Object.entries(found).map(([name, value]) => ({ interface: name, ...(value as Row) }));
      if (call.flags.json) showOne(call, found);
      else showMany(call, rows, ['interface', 'result', 'reason'], 'interfaces');
      const bad = rows.filter((row: Row) => needed.includes(String(row.interface)) && row.result === false);
      if (bad.length > 0)
        throw new WorkFailed({
          why: `Node ${call.words[0]} cannot be deployed yet: ${bad.map((row) => row.interface).join(', ')} not in order.`,
        });
    },
  );

export const historyCommand = (shell: Shell): Command =>
  apiCommand<object>(
    shell,
    {
      name: 'history',
      about: 'what happened to a machine, the newest last',
      takes: [
        ['<node>', 'name or UUID'],
        ['[event]', 'UUID of one event'],
      ],
    },
    async (call) => {
      const [node, event] = call.words;
      if (event !== undefined) return showOne(call, await call.client.get(pathTo('nodes', node!, 'history', event)));
      const rows = await call.client.list(pathTo('nodes', node!, 'history'), 'history', { detail: true });
      showMany(call, rows.map(withoutLinks), ['created_at', 'severity', 'event_type', 'event'], 'events');
    },
  );

export const waitCommand = (shell: Shell): Command =>
  apiCommand<WatchFlags>(
    shell,
    {
      name: 'wait',
      about: 'look on until the work at a machine is done',
      takes: [
        ['<node>', 'name or UUID'],
        ['[state]', 'provision state that it should be in then; any other is a failure'],
      ],
      options: [{ flags: '--timeout <seconds>', help: 'give up looking after this long (90, 5m, 2h)' }],
    },
    async (call) => {
      if (call.words[1] === '') throw new UsageError({ why: 'The state to wait for is empty.' });
      await lookOn(call, undefined, call.words[1] ?? undefined);
    },
  );

export const explainCommand = (shell: Shell): Command =>
  apiCommand<object>(
    shell,
    { name: 'explain', about: 'why a machine is as it is, and what can be done', takes: [['<node>', 'name or UUID']] },
    explain,
  );

async function explain(call: Call<object>): Promise<void> {
  const ident = call.words[0]!;
  const { client, flags, screen } = call;
  const node = await client.get(pathTo('nodes', ident));
  const validation = await client.get(pathTo('nodes', ident, 'validate')).catch(() => ({}));
  const events = await client.list(pathTo('nodes', ident, 'history'), 'history', { detail: true }).catch(() => []);
  const told = explainNode(node, validation, events.slice(-5), call.clock.now());
  if (flags.json) return screen.out.write(`${JSON.stringify(told, null, 2)}\n`);
  screen.out.write(`${[...told.is, ...told.next.map((line) => `-> ${line}`)].map(printable).join('\n')}\n`);
}
