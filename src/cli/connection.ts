// Where the API is and who asks: from options, then the environment, then this machine.
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { UsageError } from './exit-codes.ts';

export interface Connection {
  /** Without a slash at its end and without `/v1`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly insecure: boolean;
  readonly ca: string | undefined;
  /** How long one request may take. */
  readonly requestSeconds: number;
  /** How long a request is repeated while the node is locked by something else. */
  readonly busySeconds: number;
}

export interface ConnectionFlags {
  url?: string;
  user?: string;
  password?: string;
  token?: string;
  insecure?: boolean;
  caFile?: string;
  retry?: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const group = 'Connection options:';
const usualUrl = 'http://127.0.0.1:6385';
const options: readonly [flags: string, help: string][] = [
  ['--url <url>', `address of the API (INGOT_URL, OS_ENDPOINT; usually ${usualUrl})`],
  ['--user <name>', 'user for HTTP basic authentication (OS_USERNAME)'],
  ['--password <text>', 'its password; other users of this machine may see it here, so rather set OS_PASSWORD'],
  ['--token <text>', 'token of a user (OS_TOKEN)'],
  ['--ca-file <file>', 'certificate authority of the API (OS_CACERT)'],
  ['--insecure', 'do not check the certificate of the API'],
  ['--retry <seconds>', 'how long to ask again while a node is locked (usually 15)'],
];

/** Adds the options that say where the API is. */
export function withConnection(command: Command): Command {
  for (const [flags, help] of options) command.addOption(new Option(flags, help).helpGroup(group));
  return command;
}

/** The connection that options and environment name. Throws UsageError. */
export function connectionOf(flags: ConnectionFlags, env: Env): Connection {
  const url = (flags.url ?? env.INGOT_URL ?? (env.OS_ENDPOINT || env.OS_ENDPOINT_OVERRIDE || usualUrl)).trim();
  const user = flags.user ?? env.OS_USERNAME;
  const password = flags.password ?? env.OS_PASSWORD ?? '';
  const token = flags.token ?? env.OS_TOKEN;
  const caFile = flags.caFile ?? env.OS_CACERT;
  return {
    url: checkUrl(url),
    headers: {
      ...(user && { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` }),
      ...(token && { 'x-auth-token': token }),
    },
    insecure: flags.insecure ?? false,
    ca: caFile ? readCa(caFile) : undefined,
    requestSeconds: 60,
    busySeconds: secondsOf('--retry', flags.retry) ?? 15,
  };
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError({ why: `"${text}" is no address of an API; write it as ${usualUrl}.` });
  return text.replace(/\/+$/, '').replace(/\/v1$/, '');
}

function readCa(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError({ why: `The certificate authority ${file} cannot be read: ${(error as Error).message}.` });
  }
}

/** Seconds given to an option, or undefined where it was not given. Throws UsageError. */
export function secondsOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const found = /^(\d+(?:\.\d+)?)(s|m|h)?$/.exec(text.trim());
  if (!found) throw new UsageError({ why: `${option} takes seconds such as 90, or 5m or 2h; not "${text}".` });
  return Number(found[1]) * { s: 1, m: 60, h: 3600 }[(found[2] ?? 's') as 's' | 'm' | 'h'];
}
