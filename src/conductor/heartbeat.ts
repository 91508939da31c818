// The ramdisk is heard: what it says is noted, and what waited for it goes on. (reference: agent-api.md §1.4 and §3)
import { sameSecret } from '#base/same-secret.ts';
import { Invalid, NodeLocked, NodeNotFound } from '#contract/errors.ts';
import { findNode } from '#db/nodes.ts';
import type { NodeRow } from '#db/schema.ts';
import type { By, Happening } from '#events/catalog.ts';
import type { InternalInfo } from '#model/internal-info.ts';
import { heartbeatHeard, heartbeatHeardFast, heartbeatOnlyNoted } from '#model/provision-states.ts';
import type { Conductor } from './conductor.ts';
import { continueFlow } from './continue.ts';
import { hold } from './hold.ts';
import type { HeldTask } from './task.ts';

export interface HeartbeatOrder {
  readonly node: string;
  readonly callback_url: string;
  readonly agent_version: string | undefined;
  readonly agent_token: string;
  readonly agent_verify_ca: string | undefined;
  readonly agent_status: string | undefined;
  readonly agent_status_message: string | undefined;
  readonly by: By;
}

/**
 * A heartbeat. What is wrong with it throws (the agent is told 400); one that comes while the node is held or in a state
 * that has no use for it is dropped, except that the node is looked at again as soon as its lock is free.
 */
export async function heartbeat(conductor: Conductor, order: HeartbeatOrder): Promise<void> {
  const row = await findNode(conductor.db.read, order.node);
  if (!row) throw new NodeNotFound({ ident: order.node });
  refuse(conductor, row, order);
  const fast = conductor.config.deploy.fast_track;
  if (!(fast ? heartbeatHeardFast : heartbeatHeard).has(row.provision_state)) return;
  try {
    await hold(conductor, row.uuid, (task) => heard(task, order), { by: order.by, attempts: 1 });
  } catch (error) {
    if (!NodeLocked.is(error)) throw error;
    // Without a URL nothing could go on later: the agent is told to call again.
    if (!(row.driver_internal_info as InternalInfo).agent_url) throw error;
    conductor.heardWhileHeld.add(row.uuid);
  }
}

/** What is wrong with a heartbeat, in the order in which clients are told. */
function refuse(conductor: Conductor, row: NodeRow, order: HeartbeatOrder): void {
  const info = row.driver_internal_info as InternalInfo;
  const wrong = (why: string) => new Invalid({ why });
  if (!sameSecret(order.agent_token, info.agent_secret_token))
    throw wrong(
      `The agent_token is not the one that the ramdisk of node ${row.uuid} was given when it looked the node up.`,
    );
  if (conductor.config.agent.require_tls && !order.callback_url.startsWith('https://'))
    throw wrong('The callback_url must be https: [agent]require_tls is set.');
  if (info.agent_url && info.agent_url !== order.callback_url)
    throw wrong(`The callback_url differs from ${info.agent_url}, which this ramdisk gave before.`);
}

async function heard(task: HeldTask, order: HeartbeatOrder): Promise<void> {
  const { node, info } = task;
  const fresh = !info.agent_url;
  const certificate = order.agent_verify_ca
    ? await task.house.keepCertificate(node.uuid, order.agent_verify_ca)
    : undefined;
  const arrived: Happening[] = fresh
    ? [{ kind: 'agent.arrived', node: node.uuid, url: order.callback_url, version: order.agent_version ?? null }]
    : [];
  const waiting = !heartbeatOnlyNoted.has(node.provision_state);
  // Each heartbeat shows that the work goes on: the time-out counts from the last one.
  const deadline = waiting && node.deadline_at !== null && node.provision_updated_at !== null;
  await task.save(
    {
      driver_internal_info: task.noted({
        agent_url: order.callback_url,
        agent_last_heartbeat: new Date(task.clock.now()).toISOString(),
        ...(order.agent_version !== undefined && { agent_version: order.agent_version }),
        ...(certificate && { agent_verify_ca: certificate }),
        ...(order.agent_status !== undefined && {
          agent_status: order.agent_status,
          agent_status_message: order.agent_status_message,
        }),
      }),
      ...(deadline && {
        deadline_at: task.clock.now() + (node.deadline_at! - node.provision_updated_at!),
        provision_updated_at: task.clock.now(),
      }),
    },
    ...arrived,
  );
  if (!waiting) return;
  if (node.maintenance && !task.config.conductor.allow_provisioning_in_maintenance) return;
  task.afterwards(continueFlow);
}

/** The node's lock is free again and its ramdisk had called meanwhile: look at what waits. */
export async function lookAgain(conductor: Conductor, node: string): Promise<void> {
  if (!conductor.heardWhileHeld.delete(node) || conductor.closing.aborted) return;
  try {
    await hold(conductor, node, async (task) => task.afterwards(continueFlow), { attempts: 1 });
  } catch (error) {
    conductor.log.debug({ err: error, node }, 'a node whose ramdisk had called could not be looked at again');
  }
}
