// The nodes of a round, a few at a time: those that missed most first, then all others in the order of their ids.
import { type LookedAt, nodesToSync } from '#db/power-looks.ts';
import type { Queries } from '#db/schema.ts';
import type { PowerWatch } from './watch.ts';

/** Each few are read right before they are given out, after `pause` has let the round come to them. */
export async function* nodesInTurn(
  db: Queries,
  group: string,
  watch: PowerWatch,
  few: number,
  pause: () => Promise<void>,
): AsyncGenerator<LookedAt[]> {
  const missesOf = ({ uuid }: { uuid: string }) => watch.misses.get(uuid) ?? 0;
  const missed = [...watch.misses].sort(([, a], [, b]) => b - a).map(([uuid]) => uuid);
  for (let from = 0; from < missed.length; from += few) {
    await pause();
    const rows = await nodesToSync(db, group, { uuids: missed.slice(from, from + few) });
    yield rows.sort((a, b) => missesOf(b) - missesOf(a));
  }
  const seen = new Set(missed);
  for (let after = 0; ; ) {
    await pause();
    const rows = await nodesToSync(db, group, { after, limit: few });
    yield seen.size ? rows.filter(({ uuid }) => !seen.has(uuid)) : rows;
    if (rows.length < few) return;
    after = rows.at(-1)!.id;
  }
}
