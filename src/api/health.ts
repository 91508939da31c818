// The health check as load balancers know it (oslo.middleware's: its path, its files, its two forms), and whether the
// database answers.
import { existsSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { hostname } from 'node:os';
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { Db } from '#db/database.ts';

export interface HealthSettings {
  readonly path: string;
  /** Say more in JSON. */
  readonly detailed: boolean;
  /** The check fails while one of these is there, for requests to that port; undefined: to any. */
  readonly files: readonly { readonly port?: number; readonly file: string }[];
}

interface Parts {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: { readonly health: HealthSettings | null };
}

interface Told {
  readonly status: number;
  readonly json?: string;
  readonly type?: string;
}

interface Finding {
  readonly well: boolean;
  readonly reason: string;
  readonly details: string;
}

type Asked = Pick<IncomingMessage, 'url' | 'method' | 'headers' | 'socket'>;

/** The answer to a request for the health check; undefined for any other. */
export function healthReply(house: Parts, request: Asked): Promise<Told> | undefined {
  const { health } = house.settings;
  const url = request.url ?? '/';
  if (!health || !url.startsWith(health.path)) return undefined;
  const path = url.replace(/[?#].*$/s, '');
  const below = path.slice(health.path.length);
  return below === '' || below.startsWith('/') ? reply(house, health, request) : undefined;
}

async function reply(house: Parts, health: HealthSettings, { method, headers, socket }: Asked): Promise<Told> {
  const findings = [byFile(health, socket.localPort), await ofDatabase(house)];
  const well = findings.every((finding) => finding.well);
  if (method === 'HEAD') return { status: well ? 204 : 503 };
  // Well, it says so once; ill, it says why.
  const said = well ? findings.slice(0, 1) : findings.filter((finding) => !finding.well);
  const status = well ? 200 : 503;
  if (!/\bapplication\/json\b/.test(headers.accept ?? ''))
    return { status, json: said.map(({ reason }) => reason).join('\n'), type: 'text/plain' };
  const { detailed } = health;
  const reasons = detailed
    ? findings.map(({ reason, details }) => ({ reason, details }))
    : said.map(({ reason }) => reason);
  const more = detailed ? { hostname: hostname(), now: new Date(house.clock.now()).toISOString() } : {};
  return { status, json: JSON.stringify({ detailed, ...more, reasons }, null, 4) };
}

function byFile({ files }: HealthSettings, port: number | undefined): Finding {
  const found = files.find((one) => (one.port === undefined || one.port === port) && existsSync(one.file));
  return found
    ? { well: false, reason: 'DISABLED BY FILE', details: `${found.file} is there` }
    : { well: true, reason: 'OK', details: 'no file says otherwise' };
}

async function ofDatabase({ db, log }: Parts): Promise<Finding> {
  try {
    await db.read.selectFrom('meta').select('key').limit(1).execute();
    return { well: true, reason: 'OK', details: 'the database answers' };
  } catch (error) {
    log.error({}, `The health check fails: ${explain(error)}`);
    return { well: false, reason: 'DATABASE DOES NOT ANSWER', details: 'the log says why' };
  }
}
