import type { PassthruOutcome } from './orders.ts';
import type { Reply } from './route.ts';

/** What a vendor method answered: 202 and nothing when it goes on in the background. */
export function passthruReply({ async, answer }: PassthruOutcome): Reply {
  if (async) return { status: 202 };
  return { status: 200, body: answer ?? null };
}
