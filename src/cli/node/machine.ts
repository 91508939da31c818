// What touches the machine itself: power and the device it boots from.
import type { Command } from 'commander';
import { type ApiClient, pathTo } from '../api-client.ts';
import { apiCommand, type Call, type Shell, showOne, tell } from '../api-command.ts';
import { secondsOf } from '../connection.ts';
import { UsageError, WorkFailed } from '../exit-codes.ts';
import { ProgressLine } from '../progress-line.ts';
import { watch } from '../watch.ts';
import { type WatchFlags, watchOptions } from './work.ts';

const actions = {
  on: { target: 'power on', end: 'power on' },
  off: { target: 'power off', end: 'power off' },
  reboot: { target: 'rebooting', end: 'power on' },
  'soft-off': { target: 'soft power off', end: 'power off' },
  'soft-reboot': { target: 'soft rebooting', end: 'power on' },
} as const;
type Action = keyof typeof actions;
const isAction = (text: string | undefined): text is Action => text !== undefined && Object.hasOwn(actions, text);

export const powerCommand = (shell: Shell): Command =>
  apiCommand<WatchFlags>(
    shell,
    {
      name: 'power',
      about: 'read or change the power of a machine',
      takes: [
        ['<node>', 'name or UUID'],
        ['[action]', `${Object.keys(actions).join(', ')}; without it the state is read`],
      ],
      options: watchOptions,
      examples: ['ingot node power rack1-07', 'ingot node power rack1-07 reboot --watch'],
    },
    power,
  );

async function power(call: Call<WatchFlags>): Promise<void> {
  const [node, action] = inOrder(call.words);
  if (action === undefined) {
    const { power_state, target_power_state, last_error } = await call.client.get(pathTo('nodes', node, 'states'));
    if (call.flags.json) return showOne(call, { power_state, target_power_state, last_error });
    return call.screen.out.write(
      `${power_state ?? 'unknown'}${target_power_state ? `, going to ${target_power_state}` : ''}\n`,
    );
  }
  const { target, end } = actions[action];
  const timeout = secondsOf('--timeout', call.flags.timeout);
  await call.client.send('PUT', pathTo('nodes', node, 'states', 'power'), {
    target,
    ...(timeout !== undefined && { timeout: Math.max(1, Math.round(timeout)) }),
  });
  if (!call.flags.watch) {
    if (call.flags.json) return showOne(call, { node, target_power_state: end });
    return tell(call, `Node ${node}: ${target} was ordered.`);
  }
  await lookOnPower(call, node, end);
}

async function lookOnPower(call: Call<WatchFlags>, node: string, end: string): Promise<void> {
  const { client, clock, signal, screen, flags } = call;
  const line = new ProgressLine(screen.err, screen.colours.err, node);
  try {
    const { look, seconds } = await watch({
      client,
      clock,
      signal,
      node,
      show: (look, _percent, seconds) =>
        line.show({ ...look, state: look.power ?? 'unknown' }, look.targetPower ? 50 : 100, seconds),
      timeoutSeconds: secondsOf('--timeout', flags.timeout),
      until: (look) => look.targetPower === null,
    });
    line.end();
    if (flags.json) showOne(call, { node, power_state: look.power, last_error: look.lastError });
    if (look.power !== end)
      throw new WorkFailed({
        why: `Node ${node} is at ${look.power}, not ${end}: ${look.lastError ?? 'it gives no reason'}`,
      });
    tell(call, `Node ${node}: ${look.power} after ${seconds.toFixed(1)} s.`);
  } finally {
    line.end();
  }
}

/** `power NODE on`, and also `power on NODE`, as other clients have it. */
function inOrder([first, second]: readonly (string | undefined)[]): [node: string, action?: Action] {
  if (second === undefined) return [first!];
  if (isAction(second)) return [first!, second];
  if (isAction(first)) return [second, first];
  throw new UsageError({
    why: `"${second}" is nothing that power can do; there are ${Object.keys(actions).join(', ')}.`,
  });
}

export const bootDeviceCommand = (shell: Shell): Command =>
  apiCommand<{ persistent?: boolean }>(
    shell,
    {
      name: 'boot-device',
      about: 'read or set what a machine boots from',
      takes: [
        ['<node>', 'name or UUID'],
        ['[device]', 'pxe, disk, cdrom, bios, …; without it the device is read'],
      ],
      options: [{ flags: '--persistent', help: 'for every boot, not only the next one' }],
    },
    async (call) => {
      const [node, device] = call.words;
      const path = pathTo('nodes', node!, 'management', 'boot_device');
      if (device === undefined) return showOne(call, await deviceOf(call.client, path));
      const persistent = call.flags.persistent ?? false;
      await call.client.send('PUT', path, { boot_device: device, persistent });
      if (call.flags.json) showOne(call, { node, boot_device: device, persistent });
      else tell(call, `Node ${node} boots from ${device} ${persistent ? 'from now on' : 'once'}.`);
    },
  );

async function deviceOf(client: ApiClient, path: string) {
  const now = await client.get(path);
  const { supported_boot_devices } = await client.get(`${path}/supported`);
  return {
    ...now,
    supported: Array.isArray(supported_boot_devices) ? supported_boot_devices.join(', ') : supported_boot_devices,
  };
}
