// One machine is brought from whatever it is to `active`, before the user's eyes.
import type { Clock } from '#base/clock.ts';
import { type ApiClient, pathTo } from '#cli/api-client.ts';
import { WorkFailed } from '#cli/exit-codes.ts';
import { atRest, lookAt, watchedFields } from '#cli/progress.ts';
import { ProgressLine } from '#cli/progress-line.ts';
import type { Screen } from '#cli/screen.ts';
import { watch } from '#cli/watch.ts';
import type { DemoFiles } from './demo-files.ts';

export interface FirstMachine {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly screen: Screen;
  readonly node: string;
  readonly files: DemoFiles;
}

/** What to ask for in each state in which a node rests. */
const next: Readonly<Record<string, string>> = {
  enroll: 'manage',
  manageable: 'provide',
  available: 'active',
  'deploy failed': 'active',
  'clean failed': 'manage',
  'inspect failed': 'manage',
  error: 'rebuild',
};
const mostSteps = 8;
const patienceSeconds = 300;

/** Resolves with the seconds that it took. Throws WorkFailed with the reason. */
export async function bringToActive(order: FirstMachine): Promise<number> {
  const { client, node, clock } = order;
  const begun = clock.now();
  const tried = new Set<string>();
  for (let step = 0; step < mostSteps; step += 1) {
    const row = await client.get(pathTo('nodes', node), { fields: watchedFields.join(',') });
    const look = lookAt(row);
    if (look.state === 'active') return (clock.now() - begun) / 1000;
    if (!atRest(look)) {
      await lookOn(order);
      continue;
    }
    const verb = next[look.state];
    if (!verb || tried.has(look.state))
      throw new WorkFailed({ why: `${node} is ${look.state}, not active: ${look.lastError ?? 'it gives no reason'}` });
    tried.add(look.state);
    if (row.maintenance) await client.send('DELETE', pathTo('nodes', node, 'maintenance'));
    await ask(order, verb);
    await lookOn(order, verb);
  }
  throw new WorkFailed({ why: `${node} does not come to rest` });
}

async function ask({ client, node, files }: FirstMachine, verb: string): Promise<void> {
  const deploys = verb === 'active' || verb === 'rebuild';
  if (deploys) {
    const value = { image_source: files.image, image_checksum: files.checksum };
    await client.send('PATCH', pathTo('nodes', node), [{ op: 'add', path: '/instance_info', value }]);
  }
  const configdrive = { meta_data: { hostname: node, name: node } };
  const body = { target: verb, ...(deploys && { configdrive }) };
  await client.send('PUT', pathTo('nodes', node, 'states', 'provision'), body);
}

async function lookOn({ client, clock, signal, screen, node }: FirstMachine, verb?: string): Promise<void> {
  const line = new ProgressLine(screen.err, screen.colours.err, node);
  try {
    await watch({
      client,
      clock,
      signal,
      node,
      ...(verb !== undefined && { verb }),
      show: (look, percent, seconds) => line.show(look, percent, seconds),
      timeoutSeconds: patienceSeconds,
      everyMs: 100,
    });
  } finally {
    line.end();
  }
}
