// The states of a node, and the requests that change its power, its boot mode and its console.
import {
  InvalidParameterValue,
  InvalidState,
  InvalidStateRequested,
  NotAcceptable,
  NotInVersion,
} from '#contract/errors.ts';
import { redacted } from '#contract/masking.ts';
import { isPowerTarget, powerTargets } from '#contract/verbs.ts';
import type { NodeRow } from '#db/schema.ts';
import { factsOf } from '#model/provision-states.ts';
import { sees, stateAt } from '../node-view.ts';
import { offered } from '../offered.ts';
import { timeText } from '../render.ts';
import { type Ask, type Reply, route } from '../route.ts';

/** What GET .../states shows, with the version from which on. */
const shownStates = {
  console_enabled: 1,
  last_error: 1,
  power_state: 1,
  provision_state: 1,
  provision_updated_at: 1,
  target_power_state: 1,
  target_provision_state: 1,
  raid_config: 12,
  target_raid_config: 12,
  boot_mode: 75,
  secure_boot: 75,
} as const satisfies Partial<Record<keyof NodeRow, number>>;

function showStates(ask: Ask): Reply {
  const { node, minor } = ask;
  const body: Record<string, unknown> = {};
  for (const [name, since] of Object.entries(shownStates)) if (since <= minor) body[name] = Reflect.get(node, name);
  if (!sees(ask, node, 'last_error')) body.last_error = redacted('baremetal:node:get:last_error');
  body.provision_state = stateAt(node.provision_state, minor);
  body.target_provision_state = stateAt(node.target_provision_state, minor);
  body.provision_updated_at = timeText(node.provision_updated_at);
  return { body };
}

const cleaning = new Set(['cleaning', 'clean wait']);

async function setPower({ node, args, minor, orders, by, base }: Ask): Promise<Reply> {
  const target = args.target as string | null;
  const timeout = args.timeout as number | undefined;
  const refuse = (state: string | null) =>
    new InvalidStateRequested({ action: String(target), node: node.uuid, state });
  const known = target !== null && isPowerTarget(target);
  if (known && powerTargets[target].since > minor)
    throw new NotAcceptable({ what: `The power target "${target}"`, since: powerTargets[target].since });
  if (timeout !== undefined && timeout < 1)
    throw new InvalidParameterValue({ why: `timeout=${timeout}: at least one second is needed.` });
  if (!known) throw refuse(node.power_state);
  // Cleaning switches the machine itself.
  if (cleaning.has(node.provision_state)) throw refuse(node.provision_state);
  if (target.endsWith('off') && node.disable_power_off)
    throw new InvalidState({ why: `Node ${node.uuid} must not be powered off ("disable_power_off" is set).` });
  await orders.power({ node: node.uuid, target, ...(timeout !== undefined && { timeout }), by });
  return accepted(base, node, 'states');
}

const accepted = (base: string, node: NodeRow, where: string): Reply => ({
  status: 202,
  location: `${base}/v1/nodes/${node.uuid}/${where}`,
});

const firmwareModesSince = 76;

function refuseUnlessResting(ask: Ask): void {
  if (ask.minor < firmwareModesSince) throw new NotInVersion({ path: ask.path, since: firmwareModesSince });
  const is = factsOf(ask.node.provision_state)?.is;
  if (is === 'working' || is === 'waiting')
    throw new InvalidState({
      why: `Node ${ask.node.uuid} is "${ask.node.provision_state}"; wait until its work is done.`,
    });
}

export const nodeStateRoutes = [
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/states',
    since: 1,
    policy: 'baremetal:node:get_states',
    handle: showStates,
  }),
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/states/power',
    since: 1,
    policy: 'baremetal:node:set_power_state',
    query: { target: { type: 'string', required: true, null: true }, timeout: { type: 'integer', since: 27 } },
    body: 'arguments',
    handle: setPower,
  }),
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/states/boot_mode',
    since: 76,
    before: 'handler',
    policy: 'baremetal:node:set_boot_mode',
    query: { target: { type: 'string', required: true, null: true } },
    body: 'arguments',
    async handle(ask) {
      const target = ask.args.target as string | null;
      if (ask.minor >= firmwareModesSince && target !== 'uefi' && target !== 'bios')
        throw new InvalidParameterValue({ why: `target "${target}": uefi or bios is accepted.` });
      refuseUnlessResting(ask);
      await offered(ask.orders.setBootMode, 'boot modes')({ node: ask.node.uuid, target: String(target), by: ask.by });
      return accepted(ask.base, ask.node, 'states');
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/states/secure_boot',
    since: 76,
    before: 'handler',
    policy: 'baremetal:node:set_secure_boot',
    query: { target: { type: 'flag', required: true, null: true } },
    body: 'arguments',
    async handle(ask) {
      const target = ask.args.target as boolean | null;
      if (target === null) throw new InvalidParameterValue({ why: 'target: true or false is accepted.' });
      refuseUnlessResting(ask);
      await offered(ask.orders.setSecureBoot, 'secure boot')({ node: ask.node.uuid, target, by: ask.by });
      return accepted(ask.base, ask.node, 'states');
    },
  }),
  route({
    method: 'GET',
    path: '/v1/nodes/{node}/states/console',
    since: 1,
    policy: 'baremetal:node:get_console',
    async handle({ node, orders }) {
      const info = node.console_enabled ? await orders.console?.(node.uuid) : null;
      return { body: { console_enabled: node.console_enabled, console_info: info ?? null } };
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/nodes/{node}/states/console',
    since: 1,
    policy: 'baremetal:node:set_console_state',
    query: { enabled: { type: 'flag', required: true } },
    body: 'arguments',
    async handle({ node, args, orders, by, base }) {
      await offered(orders.setConsole, 'consoles')({ node: node.uuid, enabled: args.enabled === true, by });
      return accepted(base, node, 'states/console');
    },
  }),
];
