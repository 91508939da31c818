import { newToken } from '#base/ids.ts';
import type { By } from '#events/catalog.ts';
import type { InternalInfo } from '#model/internal-info.ts';
import type { Conductor } from './conductor.ts';
import { hold, look } from './hold.ts';

/**
 * The ramdisk of a node asks who it is. With `withToken` it is given a token when there is none; a token that exists is
 * not told again, except once after a restart when no heartbeat has shown that it arrived: the answer may have been lost
 * with the process, and a ramdisk without its token would be lost too. Throws NodeLocked while the node is being worked
 * on and has no token yet.
 */
export async function lookup(
  conductor: Conductor,
  order: { node: string; withToken: boolean; by: By },
): Promise<{ token: string | undefined }> {
  const has = await look(conductor, order.node, async (task) => told(task.info));
  if (has || !order.withToken) return { token: undefined };
  return hold(
    conductor,
    order.node,
    async (task) => {
      if (told(task.info)) return { token: undefined };
      const token = task.info.agent_secret_token ?? newToken();
      await task.note({ agent_secret_token: token, agent_token_untold: undefined });
      return { token };
    },
    { by: order.by, attempts: 1 },
  );
}

const told = (info: InternalInfo): boolean => info.agent_secret_token !== undefined && !info.agent_token_untold;
