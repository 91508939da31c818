// Power changes as life brings them: by Ingot's API and behind everyone's back, on several nodes at once.
import type { NovaSite } from '../../setup/openstack/nova-site.ts';

export interface Owned {
  readonly node: string;
  readonly instance: string;
}

type Power = 'on' | 'off';
const other = { on: 'off', off: 'on' } as const;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves when Ingot's record of the node says so, and nobody holds it. An Ingot that is away is waited for. */
export async function recorded(site: NovaSite, node: string, power: Power): Promise<void> {
  for (;;) {
    const seen = await site.node(node).catch(() => undefined);
    if (seen?.power_state === `power ${power}` && !seen.reservation && !seen.target_power_state) return;
    await pause(50);
  }
}

/** Ask until it is taken: the node may be held, or Ingot away. */
async function ask(site: NovaSite, node: string, power: Power): Promise<void> {
  for (;;) {
    const answer = await site.power(node, `power ${power}`).catch((error: unknown) => String(error));
    if (!answer) return;
    if (!/HTTP 409|fetch failed/.test(answer)) throw new Error(answer);
    await pause(50);
  }
}

/** Switch a node the other way `times` times, in turn at its BMC and by the API; tells where it is in the end. */
async function toggle(site: NovaSite, node: string, times: number, made: () => void): Promise<Power> {
  const { machine } = { machine: site.rack.machine(node) };
  let power: Power = (await site.node(node)).power_state === 'power on' ? 'on' : 'off';
  for (let nth = 0; nth < times; nth += 1) {
    power = other[power];
    if (nth % 2) await machine.set(power);
    else await ask(site, node, power);
    await recorded(site, node, power);
    made();
  }
  return power;
}

/** So many changes on each of the nodes, all nodes at once; the state in which each ends. `onChange` hears how many were made. */
export async function spread(
  site: NovaSite,
  owned: readonly Owned[],
  times: readonly number[],
  onChange: (count: number) => void = () => {},
): Promise<Power[]> {
  let count = 0;
  return Promise.all(owned.map(({ node }, i) => toggle(site, node, times[i]!, () => onChange(++count))));
}
