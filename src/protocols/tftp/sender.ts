// The sending end of a transfer as rules without I/O: what to send after an acknowledgement or a silence.
import type { TransferTerms } from './negotiation.ts';

/** Where a transfer stands. Blocks are counted from 1 without wrapping; on the wire they have 16 bits. */
export interface Sending {
  readonly size: number;
  readonly blksize: number;
  readonly windowsize: number;
  /** Number of the last block: the first one shorter than `blksize`, empty where the size is a multiple of it. */
  readonly last: number;
  /** Last block acknowledged; -1 while the option acknowledgement has no answer. */
  readonly acked: number;
  /** Whether the window was already sent again because of an acknowledgement that brought nothing new. */
  readonly repeated: boolean;
  readonly silences: number;
}

/** What comes next: blocks `from` to `to` go out (0 is the option acknowledgement), or the transfer is over. */
export type Next =
  | { readonly is: 'send'; readonly from: number; readonly to: number; readonly state: Sending }
  | { readonly is: 'wait'; readonly state: Sending }
  | { readonly is: 'done'; readonly state: Sending }
  | { readonly is: 'given up'; readonly state: Sending };

const mostSilences = 5;

/** The start of a transfer of `size` bytes. */
export function beginSending(size: number, terms: TransferTerms): Next {
  const negotiated = Object.keys(terms.granted).length > 0;
  const state: Sending = {
    size,
    blksize: terms.blksize,
    windowsize: terms.windowsize,
    last: Math.floor(size / terms.blksize) + 1,
    acked: negotiated ? -1 : 0,
    repeated: false,
    silences: 0,
  };
  return window(state);
}

function window(state: Sending): Next {
  if (state.acked < 0) return { is: 'send', from: 0, to: 0, state };
  return { is: 'send', from: state.acked + 1, to: Math.min(state.acked + state.windowsize, state.last), state };
}

/** After an acknowledgement of the 16-bit block number `wire`. */
export function onAck(state: Sending, wire: number): Next {
  if (state.acked < 0) return wire === 0 ? window({ ...state, acked: 0, silences: 0 }) : { is: 'wait', state };
  const ahead = (wire - state.acked) & 0xffff;
  if (ahead === 0) return repeatOnce(state);
  const acked = state.acked + ahead;
  if (acked > Math.min(state.acked + state.windowsize, state.last)) return { is: 'wait', state }; // old, or nonsense
  const onward = { ...state, acked, repeated: false, silences: 0 };
  return acked === state.last ? { is: 'done', state: onward } : window(onward);
}

// With a window, acknowledging nothing new means that the window's first block was lost (RFC 7440 §4). Without one it
// is a late copy, and answering it would double every block from there on (RFC 1123 §4.2.3.1).
function repeatOnce(state: Sending): Next {
  if (state.windowsize === 1 || state.repeated) return { is: 'wait', state };
  return window({ ...state, repeated: true });
}

/** After a time-out without a useful acknowledgement. */
export function onSilence(state: Sending): Next {
  const silences = state.silences + 1;
  if (silences > mostSilences) return { is: 'given up', state: { ...state, silences } };
  return window({ ...state, silences, repeated: false });
}

/** Offset and length of a block in the file. */
export function blockRange(state: Sending, block: number): { offset: number; length: number } {
  const offset = (block - 1) * state.blksize;
  return { offset, length: Math.max(0, Math.min(state.blksize, state.size - offset)) };
}
