// Controllers behind the BMC, reached by Send Message (IPMI 2.0 §22.7).
import { completion } from '../wire/completion-codes.ts';
import { readMessage } from '../wire/message.ts';
import { isUnreadable } from '../wire/unreadable.ts';
import type { Answer, Scene } from './handler.ts';

const nobodyThere = 0x83;
const tracked = 0x40;

/**
 * Hands a message on to the controller that it names. With the tracking bit its answer follows that of the Send Message;
 * without, it is lost, as nobody fetches it.
 */
export async function handOn(data: Buffer, scene: Scene): Promise<Answer> {
  const message = readMessage(data.subarray(1));
  if (isUnreadable(message)) return completion.invalidField;
  const channel = data[0]! & 0x0f;
  const hop = scene.satellites.find((each) => each.channel === channel && each.address === message.rsAddr);
  if (!hop) return nobodyThere;
  await scene.askSatellite(hop, message, (data[0]! & tracked) !== 0);
  return [];
}
