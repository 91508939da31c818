import type { Task } from '../kinds.ts';
import type { AgentDoor } from './client.ts';

/** Where the node's agent is reached and what it is trusted by; throws where no agent was heard. */
export function doorOf(task: Task): AgentDoor {
  const { agent_url, agent_secret_token } = task.info;
  if (!agent_url) throw new Error('no ramdisk was heard from since the machine was powered on');
  return { url: agent_url, token: agent_secret_token, verify: verifyOf(task) };
}

/** The certificate that the agent announced, else what the node or the option says (reference: agent-api.md §2). */
function verifyOf(task: Task): string | boolean {
  const named = task.info.agent_verify_ca ?? task.node.driver_info.agent_verify_ca ?? task.config.agent.verify_ca;
  if (typeof named === 'boolean') return named;
  if (typeof named !== 'string' || named === '') return true;
  if (/^(true|yes|on|1)$/i.test(named)) return true;
  if (/^(false|no|off|0)$/i.test(named)) return false;
  return named;
}
