// Opening a session of IPMI 1.5: capabilities, challenge, activation (IPMI 2.0 §22.13, §22.16, §22.17).
import { directMessage, type Request } from './bridge.ts';
import type { Attempt, Opened } from './handshake.ts';
import type { Silence } from './line.ts';
import { Session15 } from './session15.ts';
import {
  type AuthType,
  authTypes,
  isAuthType,
  readActivated,
  readChallenge,
  seal15,
  secret15,
  strongestFirst,
  writeActivation,
} from './wire/auth15.ts';
import { completion, completionName } from './wire/completion-codes.ts';
import { type Message, readMessage } from './wire/message.ts';
import { isUnreadable } from './wire/unreadable.ts';

export type Attempt15 = Omit<Attempt, 'suite' | 'consoleId' | 'tag'>;

const app = 0x06;
const commands = { capabilities: 0x38, challenge: 0x39, activate: 0x3a } as const;
const thisChannel = 0x0e;
const laterSends = 4;
/** Completion codes that say that user or privilege will never do; the others may do later. */
const denials: Readonly<Record<number, readonly number[]>> = {
  [commands.challenge]: [0x81, 0x82],
  [commands.activate]: [0x86],
};

interface Step {
  readonly name: string;
  readonly cmd: number;
  readonly data: Buffer;
  readonly sends: number;
  seal(message: Buffer): Buffer;
}

/** The data behind completion code 00, or how the attempt ended with this step. */
async function take(a: Attempt15, step: Step): Promise<Buffer | Opened> {
  const request: Request = { rqSeq: a.random(1)[0]! & 0x3f, netFn: app, lun: 0, cmd: step.cmd, data: step.data };
  const packet = step.seal(directMessage(request));
  const reply = await a.line.ask<Message>({
    packet: () => packet,
    sends: step.sends,
    until: a.until,
    answer(heard) {
      const message = heard.is === 'v1.5' ? readMessage(heard.payload) : undefined;
      if (!message || isUnreadable(message)) return undefined;
      const { rqSeq, netFn, cmd } = message;
      return rqSeq === request.rqSeq && netFn === app + 1 && cmd === step.cmd ? message : undefined;
    },
  });
  if (reply.is === 'silence') return { ...(reply as Silence), step: step.name };
  const code = reply.data[0] ?? completion.unspecified;
  if (code === completion.ok) return reply.data.subarray(1);
  const why = `${completionName(app, step.cmd, code)} (${step.name})`;
  if (denials[step.cmd]?.includes(code)) return { is: 'denied', why };
  return { is: 'refused', step: step.name, status: code, words: completionName(app, step.cmd, code) };
}

const outside = (message: Buffer): Buffer => seal15(authTypes.none, Buffer.alloc(0), 0, 0, message);

/** One attempt at a session of IPMI 1.5, authenticated in the strongest way that the BMC has. */
export async function openSession15(a: Attempt15): Promise<Opened> {
  const capabilities = await take(a, {
    name: 'Get Channel Authentication Capabilities',
    cmd: commands.capabilities,
    data: Buffer.of(thisChannel, a.who.privilege),
    sends: a.firstSends,
    seal: outside,
  });
  if (!Buffer.isBuffer(capabilities)) return capabilities;
  const offered = capabilities[1] ?? 0;
  const authType = strongestFirst.find((type) => offered & (1 << type) && (type !== authTypes.none || secretless(a)));
  if (authType === undefined)
    return { is: 'denied', why: 'it offers none of MD5, MD2 and password as authentication of IPMI 1.5' };
  return challenge(a, authType);
}

/** A password is never left unused: without it nobody would know that it is wrong. */
const secretless = (a: Attempt15): boolean => a.who.password.length === 0;

async function challenge(a: Attempt15, authType: AuthType): Promise<Opened> {
  const name = Buffer.alloc(16);
  name.set(a.who.username.subarray(0, 16));
  const answer = await take(a, {
    name: 'Get Session Challenge',
    cmd: commands.challenge,
    data: Buffer.concat([Buffer.of(authType), name]),
    sends: laterSends,
    seal: outside,
  });
  if (!Buffer.isBuffer(answer)) return answer;
  const read = readChallenge(answer);
  if (isUnreadable(read)) return { is: 'denied', why: `its session challenge cannot be read: ${read.why}` };
  return activate(a, authType, read);
}

async function activate(
  a: Attempt15,
  authType: AuthType,
  { id, challenge: words }: { id: number; challenge: Buffer },
): Promise<Opened> {
  const secret = secret15(a.who.password);
  const outbound = (a.random(4).readUInt32LE() | 1) >>> 0;
  const answer = await take(a, {
    name: 'Activate Session',
    cmd: commands.activate,
    data: writeActivation({ authType, privilege: a.who.privilege, challenge: words, outbound }),
    sends: laterSends,
    seal: (message) => seal15(authType, secret, id, 0, message),
  });
  if (!Buffer.isBuffer(answer)) {
    // Whoever does not know the password is not answered (§22.17.1).
    const deaf = answer.is === 'silence' && answer.packets >= laterSends;
    return deaf ? { is: 'denied', why: 'it is silent to our proof of the password, so the password is wrong' } : answer;
  }
  const read = readActivated(answer);
  if (isUnreadable(read) || !isAuthType(read.authType))
    return { is: 'denied', why: 'its answer to the activation of the session cannot be read' };
  const { sessionId, inbound } = read;
  const parts = { id: sessionId, authType: read.authType, secret, inbound, privilege: a.who.privilege };
  return { is: 'open', session: new Session15(parts, a.now()) };
}
