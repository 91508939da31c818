import { newToken } from '#base/ids.ts';
import type { By } from '#events/catalog.ts';
import type { Conductor } from './conductor.ts';
import { hold, look } from './hold.ts';

/**
 * The ramdisk of a node asks who it is. With `withToken` it is given a token when there is none; a token that exists is
 * never told again. Throws NodeLocked while the node is being worked on and has no token yet.
 */
export async function lookup(
  conductor: Conductor,
  order: { node: string; withToken: boolean; by: By },
): Promise<{ token: string | undefined }> {
  const has = await look(conductor, order.node, async (task) => task.info.agent_secret_token !== undefined);
  if (has || !order.withToken) return { token: undefined };
  return hold(
    conductor,
    order.node,
    async (task) => {
      if (task.info.agent_secret_token !== undefined) return { token: undefined };
      const token = newToken();
      await task.note({ agent_secret_token: token });
      return { token };
    },
    { by: order.by, attempts: 1 },
  );
}
