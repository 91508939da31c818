// Tells each outlet what happened. Every outlet reads from its own cursor, so that one that fails holds up no other.
import type { Outlet, OutletStatus } from './outlet.ts';
import { Reader, type RelayParts } from './reader.ts';

export interface Relay {
  statuses(): readonly OutletStatus[];
  /** Resolves when no outlet is being told anything any more. */
  stop(): Promise<void>;
}

/** Hears nothing. Happenings are forgotten when every outlet has passed them: so there is one even where nobody listens. */
const nobody: Outlet = { name: 'nobody', hears: [], take: async () => {} };

/** Start telling; resolves when every outlet knows where it begins. */
export async function startRelay(parts: RelayParts, outlets: readonly Outlet[]): Promise<Relay> {
  const readers = [...outlets, nobody].map((outlet) => new Reader(parts, outlet));
  for (const reader of readers) await reader.start();
  const forget = parts.db.onHappening(() => {
    for (const { bell } of readers) bell.ring();
  });
  return {
    statuses: () => readers.map((reader) => reader.status()).filter(({ name }) => name !== nobody.name),
    async stop() {
      forget();
      await Promise.all(readers.map((reader) => reader.stop()));
    },
  };
}
