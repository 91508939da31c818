// One session from the BMC's end.
import { SequenceWindow } from '../sequence-window.ts';
import type { AuthType } from '../wire/auth15.ts';
import type { HmacKey } from '../wire/hmac.ts';
import type { Message } from '../wire/message.ts';
import type { Exchange } from '../wire/rakp.ts';
import type { SessionKeys } from '../wire/seal.ts';
import type { Suite } from '../wire/suites.ts';
import type { BmcUser } from './bmc-spec.ts';
import type { SolEnd } from './sol-end.ts';

/** Where packets of a session go. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

export interface ServerSession {
  readonly id: number;
  readonly consoleId: number;
  readonly suite: Suite;
  readonly maxPrivilege: number;
  readonly window: SequenceWindow;
  peer: Peer;
  usedAt: number;
  /** Set once RAKP 1 came. */
  proving: { readonly exchange: Exchange; readonly user: BmcUser; readonly key: HmacKey } | undefined;
  /** Set once the session is open. */
  user: BmcUser | undefined;
  /** Set when a session of IPMI 1.5 is open. */
  wrap15: Wrap15 | undefined;
  /** Set once RAKP 3 was right: the session is open. */
  keys: SessionKeys | undefined;
  /** How packets of the serial line are sealed, as the console asked when it took the line. */
  solKeys: SessionKeys | undefined;
  privilege: number;
  sequence: number;
  /** The last request and its answer: a repetition of it gets the same answer, and is not done again. */
  last: { readonly request: Message; readonly answers: readonly Buffer[] | undefined } | undefined;
  sol: SolEnd | undefined;
}

/** How packets of an IPMI 1.5 session are authenticated. */
export interface Wrap15 {
  readonly authType: AuthType;
  readonly secret: Buffer;
  /** The activation and its answer, which may have been lost. */
  readonly activated: { readonly request: Buffer; readonly answer: Buffer };
}

export const isOpen = (session: ServerSession): boolean => session.keys !== undefined || session.wrap15 !== undefined;

export function newServerSession(
  facts: Pick<ServerSession, 'id' | 'consoleId' | 'suite' | 'maxPrivilege' | 'peer' | 'usedAt'>,
): ServerSession {
  return {
    ...facts,
    window: new SequenceWindow(),
    proving: undefined,
    user: undefined,
    wrap15: undefined,
    keys: undefined,
    solKeys: undefined,
    privilege: 2,
    sequence: 0,
    last: undefined,
    sol: undefined,
  };
}
