import fc from 'fast-check';
import { expect, test } from 'vitest';
import { negotiate } from './negotiation.ts';
import { beginReceiving, onData } from './receiver.ts';
import { beginSending, blockRange, type Next, onAck, onSilence, type Sending } from './sender.ts';

const limits = { blksize: 1468, windowsize: 64 };

for (const [asked, granted] of [
  [{}, {}],
  [{ blksize: '1024' }, { blksize: '1024' }],
  [{ blksize: '65464' }, { blksize: '1468' }],
  [{ blksize: '7' }, {}],
  [{ blksize: '1e3' }, {}],
  [{ windowsize: '4' }, { windowsize: '4' }],
  [{ windowsize: '65535' }, { windowsize: '64' }],
  [{ windowsize: '0' }, {}],
  [{ timeout: '255' }, { timeout: '255' }],
  [{ timeout: '256' }, {}],
  [{ tsize: '0' }, { tsize: '1000' }],
  [{ multicast: '' }, {}],
] as const) {
  test(`${JSON.stringify(asked)} is granted as ${JSON.stringify(granted)}`, () => {
    expect(negotiate(asked, 1000, limits).granted).toEqual(granted);
  });
}

const midway: Sending = {
  size: 100_000,
  blksize: 1000,
  windowsize: 4,
  last: 101,
  acked: 8,
  repeated: false,
  silences: 0,
};
const says = (next: Next) => (next.is === 'send' ? `send ${next.from}-${next.to}` : next.is);
for (const [when, next, expected] of [
  ['the whole window is acknowledged', onAck(midway, 12), 'send 13-16'],
  ['its middle is acknowledged', onAck(midway, 10), 'send 11-14'],
  ['its first block was lost', onAck(midway, 8), 'send 9-12'],
  ['that is said again', onAck({ ...midway, repeated: true }, 8), 'wait'],
  ['an old block is acknowledged', onAck(midway, 7), 'wait'],
  ['a block never sent is acknowledged', onAck(midway, 13), 'wait'],
  ['the end is near', onAck({ ...midway, acked: 96 }, 99), 'send 100-101'],
  ['the last block is acknowledged', onAck({ ...midway, acked: 99 }, 101), 'done'],
  ['nothing is heard', onSilence(midway), 'send 9-12'],
  ['nothing is heard for the sixth time', onSilence({ ...midway, silences: 5 }), 'given up'],
  ['a copy comes without windows', onAck({ ...midway, windowsize: 1 }, 8), 'wait'],
  ['the option acknowledgement is acknowledged', onAck({ ...midway, acked: -1 }, 0), 'send 1-4'],
  ['the block number wraps', onAck({ ...midway, last: 70_000, acked: 65_534 }, 2), 'send 65539-65542'],
] as const) {
  test(`when ${when}: ${expected}`, () => expect(says(next)).toBe(expected));
}

test('a file that is a multiple of the block size ends with an empty block', () => {
  const { state } = beginSending(2048, negotiate({ blksize: '1024' }, 2048, limits));
  expect([state.last, blockRange(state, 3).length]).toEqual([3, 0]);
});

/** Runs both ends against each other; `lost` decides about each packet. Returns the bytes that arrived. */
function transfer(size: number, windowsize: number, blksize: number, lost: () => boolean): number | 'given up' {
  let next = beginSending(size, { blksize, windowsize, timeout: 1000, granted: {} });
  let end = beginReceiving(blksize, windowsize);
  let got = 0;
  for (;;) {
    if (next.is === 'done') return got;
    if (next.is === 'given up') return next.is;
    const state = next.state;
    const acks: number[] = [];
    if (next.is === 'send') {
      for (let block = next.from; block <= next.to; block++) {
        if (lost()) continue;
        const { length } = blockRange(state, block);
        const heard = onData(end, block & 0xffff, length);
        end = heard.state;
        if (heard.keep) got += length;
        if (heard.ack !== undefined && !lost()) acks.push(heard.ack);
      }
    }
    const ack = acks.at(-1);
    next = ack === undefined ? onSilence(state) : onAck(state, ack);
    if (next.is === 'wait') next = onSilence(next.state);
  }
}

test('a file of more than 65,535 blocks arrives whole', () => {
  for (const windowsize of [1, 3, 64]) expect(transfer(8 * 150_000 + 5, windowsize, 8, () => false)).toBe(1_200_005);
});

test('whatever is lost, the file arrives whole or the sender gives up', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.integer({ min: 1, max: 16 }), fc.infiniteStream(fc.nat(9)), (size, win, luck) => {
      const got = transfer(size, win, 100, () => luck.next().value === 0);
      if (got !== 'given up') expect(got).toBe(size);
    }),
    { numRuns: 100 },
  );
});
