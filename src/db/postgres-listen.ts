// Wake-ups between hosts: LISTEN on one connection of its own, joined again when it breaks. Nothing relies on them.
import pg from 'pg';
import type { Log } from '#base/log.ts';

export const happeningsChannel = 'ingot_happenings';
const joinAgainAfter = 2000;

/** Listens once somebody asks to be woken. */
export function listenForHappenings({ url, log }: { url: string; log: Log }) {
  const listeners = new Set<() => void>();
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const wake = () => {
    for (const listener of listeners) listener();
  };
  const lost = () => {
    client = undefined;
    if (closed || timer) return;
    timer = setTimeout(() => {
      timer = undefined;
      void join();
    }, joinAgainAfter);
    timer.unref();
  };
  const join = async () => {
    const joining = new pg.Client({ connectionString: url, keepAlive: true });
    client = joining;
    joining.on('notification', wake);
    joining.on('error', (error) => log.warn({ error: error.message }, 'The listening database connection broke.'));
    joining.on('end', lost);
    try {
      await joining.connect();
      await joining.query(`LISTEN ${happeningsChannel}`);
      wake(); // something may have been said before we heard
    } catch (error) {
      log.warn({ error: String(error) }, 'Could not listen for happenings; they are polled until it works again.');
      joining.end().catch(() => {});
      lost();
    }
  };

  return {
    onHappening(listener: () => void): () => void {
      listeners.add(listener);
      if (!client && !timer) void join();
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      listeners.clear();
      await client?.end().catch(() => {});
    },
  };
}
