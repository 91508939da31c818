// The receiving end of a transfer as rules without I/O (for simulated machines and tests). RFC 1350, RFC 7440 §4.

export interface Receiving {
  readonly blksize: number;
  readonly windowsize: number;
  /** Last block taken in order, counted without wrapping. */
  readonly taken: number;
  /** Blocks taken since the last acknowledgement. */
  readonly unacked: number;
}

export interface Received {
  readonly state: Receiving;
  readonly keep: boolean;
  /** The 16-bit block number to acknowledge now, if any. */
  readonly ack?: number;
  readonly done: boolean;
}

export function beginReceiving(blksize: number, windowsize: number): Receiving {
  return { blksize, windowsize, taken: 0, unacked: 0 };
}

/** What to do with a block of `length` bytes and 16-bit number `wire`. */
export function onData(state: Receiving, wire: number, length: number): Received {
  const wanted = (state.taken + 1) & 0xffff;
  if (wire !== wanted) {
    // A gap or a repetition: name the last block in order, the sender goes on behind it.
    return { state: { ...state, unacked: 0 }, keep: false, ack: state.taken & 0xffff, done: false };
  }
  const taken = state.taken + 1;
  const done = length < state.blksize;
  const full = state.unacked + 1 >= state.windowsize;
  const next = { ...state, taken, unacked: done || full ? 0 : state.unacked + 1 };
  return { state: next, keep: true, done, ...((done || full) && { ack: taken & 0xffff }) };
}
