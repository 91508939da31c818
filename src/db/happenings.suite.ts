import { expect, test, vi } from 'vitest';
import { ManualClock } from '#base/clock.ts';
import { newUuid } from '#base/ids.ts';
import type { OpenFresh } from '../../test/setup/databases.ts';
import * as outbox from './happenings.ts';

const power = (node: string, to: string) => ({ kind: 'power.corrected', node, from: null, to });

export function happeningsSuite(openFresh: OpenFresh): void {
  test('what happened is read in its order, in pages, with its facts', async () => {
    const clock = new ManualClock(77);
    const db = await openFresh(clock);
    const node = newUuid();
    await db.write((tx) => outbox.recordHappenings(tx, [power(node, 'power on'), power(node, 'power off')]));
    await db.write((tx) => outbox.recordHappenings(tx, [power(node, 'power on')]));
    await db.write((tx) => outbox.recordHappenings(tx, []));
    const first = await outbox.readHappenings(db.read, 0, 2);
    expect(first).toMatchObject([
      { node_uuid: node, kind: 'power.corrected', at: 77, body: power(node, 'power on') },
      { body: { to: 'power off' } },
    ]);
    expect(Object.keys(first[0]!).sort()).toEqual(['at', 'body', 'id', 'kind', 'node_uuid']);
    const rest = await outbox.readHappenings(db.read, first[1]!.id, 10);
    expect(rest.map((one) => one.body.to)).toEqual(['power on']);
    expect(await outbox.newestHappening(db.read)).toBe(rest[0]!.id);
    expect(await outbox.readHappenings(db.read, rest[0]!.id, 10)).toEqual([]);
    expect(await outbox.happeningsOf(db.read, node, 2)).toHaveLength(2);
  });

  test('a happening of work that failed was never there, and those after it are read', async () => {
    const db = await openFresh();
    const failed = db.write(async (tx) => {
      await outbox.recordHappenings(tx, [power('n', 'power on')]);
      throw new Error('undone');
    });
    await expect(failed).rejects.toThrow('undone');
    await db.write((tx) => outbox.recordHappenings(tx, [power('n', 'power off')]));
    await vi.waitFor(async () => {
      const read = await outbox.readHappenings(db.read, 0, 10);
      expect(read.map((one) => one.body.to)).toEqual(['power off']);
    });
  });

  test('readers who follow many writers miss nothing and see nothing twice', async () => {
    const db = await openFresh();
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; n < 15; n++)
        await db
          .write(async (tx) => {
            await outbox.recordHappenings(tx, [power(`${writer}`, `${n}`)]);
            await new Promise(setImmediate);
            if (n % 5 === 4) throw new Error('undone');
          })
          .catch(() => {});
    });
    let writing = true;
    const written = Promise.all(writers).then(() => {
      writing = false;
    });
    const seen: outbox.Happening[] = [];
    const follow = async () => {
      const page = await outbox.readHappenings(db.read, seen.at(-1)?.id ?? 0, 7);
      seen.push(...page);
      return page.length;
    };
    while (writing) {
      await follow();
      await new Promise(setImmediate);
    }
    await written;
    await vi.waitFor(async () => {
      while ((await follow()) > 0);
      expect(seen).toHaveLength(8 * 12);
    });
    for (let writer = 0; writer < 8; writer++) {
      const own = seen.filter((one) => one.node_uuid === `${writer}`).map((one) => Number(one.body.to));
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });

  test('a cursor only moves forward', async () => {
    const db = await openFresh();
    expect(await outbox.cursorOf(db.read, 'nova')).toBe(0);
    await db.write((tx) => outbox.moveCursor(tx, 'nova', 5));
    await db.write((tx) => outbox.moveCursor(tx, 'nova', 3));
    expect(await outbox.cursorOf(db.read, 'nova')).toBe(5);
    expect((await outbox.cursors(db.read)).map((one) => one.outlet)).toEqual(['nova']);
  });

  test('only what every outlet has passed, and what is old enough, is forgotten, so many at a time', async () => {
    const clock = new ManualClock(100);
    const db = await openFresh(clock);
    for (let n = 0; n < 6; n++) {
      await db.write((tx) => outbox.recordHappenings(tx, [power('n', `${n}`)]));
      clock.advance(100);
    }
    const ids = (await outbox.readHappenings(db.read, 0, 10)).map((one) => one.id);
    const prune = (before: number, limit = 10) => db.write((tx) => outbox.pruneHappenings(tx, before, limit));
    expect(await prune(1e6)).toBe(0);
    await db.write((tx) => outbox.moveCursor(tx, 'nova', ids[3]!));
    await db.write((tx) => outbox.moveCursor(tx, 'stream', ids[5]!));
    expect(await prune(250)).toBe(2);
    expect(await prune(1e6, 1)).toBe(1);
    await db.write((tx) => outbox.dropCursor(tx, 'nova'));
    expect(await prune(1e6)).toBe(3);
    await db.write((tx) => outbox.recordHappenings(tx, [power('n', 'after')]));
    expect(await outbox.newestHappening(db.read)).toBeGreaterThan(ids[5]!);
  });

  test('listeners are woken by what is committed', async () => {
    const db = await openFresh();
    let woken = 0;
    const stop = db.onHappening(() => woken++);
    await vi.waitFor(async () => {
      await db.write((tx) => outbox.recordHappenings(tx, [power('n', 'power on')]));
      expect(woken).toBeGreaterThan(1);
    });
    stop();
  });
}
