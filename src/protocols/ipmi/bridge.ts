// Commands for a controller behind the BMC: handed on by Send Message, once or twice (IPMI 2.0 §6.13, §22.7).
import { bmcAddress, consoleAddress, type Message, readMessage, writeMessage } from './wire/message.ts';
import { isUnreadable } from './wire/unreadable.ts';

/** A controller on a channel of another one. */
export interface Hop {
  readonly channel: number;
  readonly address: number;
}

/** The way to a controller behind the BMC. */
export interface Bridge {
  /** Our own address on the bus; that of the BMC unless told. */
  readonly local: number | undefined;
  /** The controller in between, where there are two buses to cross. */
  readonly transit: Hop | undefined;
  readonly target: Hop;
}

export interface Request {
  readonly rqSeq: number;
  readonly netFn: number;
  readonly lun: number;
  readonly cmd: number;
  readonly data: Uint8Array;
}

export const sendMessage = { netFn: 0x06, cmd: 0x34 } as const;
/** The BMC keeps account of who asked, and passes the answer on by itself. */
const tracked = 0x40;

/** The message for a request to the BMC itself. */
export function directMessage(request: Request, rsAddr = bmcAddress, rqAddr = consoleAddress): Buffer {
  const { rqSeq, netFn, lun, cmd, data } = request;
  return writeMessage({ rsAddr, netFn, rsLun: lun, rqAddr, rqSeq, rqLun: 0, cmd, data: data as Buffer });
}

/** The message for a request to the controller at the end of the bridge. */
export function bridgedMessage(bridge: Bridge, request: Request): Buffer {
  const local = bridge.local ?? bmcAddress;
  const hops = bridge.transit ? [bridge.transit, bridge.target] : [bridge.target];
  let message = directMessage(request, bridge.target.address, local);
  for (const [index, hop] of [...hops.entries()].reverse()) {
    const data = Buffer.concat([Buffer.of(tracked | hop.channel), message]);
    const handOn = { ...sendMessage, rqSeq: request.rqSeq, lun: 0, data };
    // Whoever hands it on: the BMC, or the controller of the hop before.
    const before = hops[index - 1];
    message = before ? directMessage(handOn, before.address, local) : directMessage(handOn);
  }
  return message;
}

/**
 * The answer to `request` in what was heard: the answer itself, the one inside of an answer to Send Message, or that
 * answer where the message could not be handed on. Undefined where there is more to come.
 */
export function answerTo(request: Request, heard: Message, bridged: boolean): Message | undefined {
  if (heard.rqSeq !== request.rqSeq) return undefined;
  if (heard.netFn === request.netFn + 1 && heard.cmd === request.cmd) return heard;
  if (!bridged || !isSendMessage(heard)) return undefined;
  if (heard.data[0] !== 0) return heard;
  const inside = readMessage(heard.data.subarray(1));
  return isUnreadable(inside) ? undefined : answerTo(request, inside, true);
}

/** Whether this answers a Send Message. */
export const isSendMessage = (answer: Message): boolean =>
  answer.netFn === sendMessage.netFn + 1 && answer.cmd === sendMessage.cmd;
