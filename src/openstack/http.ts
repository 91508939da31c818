// HTTP as services of OpenStack are spoken to: the session options of a section, kept connections, and for each failure
// whether the request may have arrived.
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { Agent, request } from 'undici';
import { defineError, explain } from '#base/errors.ts';
import { ServiceUnreachable } from './errors.ts';

/** The session options of a section, as keystoneauth names them. */
export interface SessionOptions {
  readonly cafile: string | null;
  readonly certfile: string | null;
  readonly keyfile: string | null;
  readonly insecure: boolean;
  /** Seconds. */
  readonly timeout: number | null;
}

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
}

export interface Http {
  /** Send one request, once; throws ServiceUnreachable. */
  send(call: Call): Promise<Answer>;
  close(): Promise<void>;
}

/** How long a request may take where the section has no `timeout`. */
const usualTimeoutSeconds = 30;
const longestConnectMs = 10_000;

const BadTlsFile = defineError(
  'BadTlsFile',
  500,
  (p: { section: string; option: string; file: string; why: string }) =>
    `[${p.section}] ${p.option}: the file ${p.file} cannot be used: ${p.why}`,
);

/** Connections to the services of one section. Throws where a certificate file cannot be read. */
export function openHttp(section: string, options: SessionOptions): Http {
  const ms = (options.timeout ?? usualTimeoutSeconds) * 1000;
  const file = (option: 'cafile' | 'certfile' | 'keyfile') => readPem(section, option, options[option]);
  const [ca, cert, key] = [file('cafile'), file('certfile'), file('keyfile') ?? file('certfile')];
  checkPems(section, options, { ca, cert, key });
  const agent = new Agent({
    connections: 64,
    keepAliveTimeout: 4_000, // below what servers use, so that no request meets a connection that is being closed
    headersTimeout: ms,
    bodyTimeout: ms,
    connect: {
      timeout: Math.min(ms, longestConnectMs),
      rejectUnauthorized: !options.insecure,
      ...(ca && { ca }),
      ...(cert && { cert, key }),
    },
  });
  return { send: (call) => send(section, agent, call, ms), close: () => agent.destroy() };
}

/** What cannot be used is told now, not at the first connection. */
function checkPems(
  section: string,
  options: SessionOptions,
  { ca, cert, key }: Record<'ca' | 'cert' | 'key', string | undefined>,
): void {
  const check = (option: 'cafile' | 'certfile', context: SecureContextOptions) => {
    try {
      createSecureContext(context);
    } catch (error) {
      throw new BadTlsFile({ section, option, file: options[option]!, why: explain(error) }, { cause: error });
    }
  };
  if (ca) check('cafile', { ca });
  if (cert) check('certfile', { cert, key });
}

function readPem(section: string, option: string, file: string | null): string | undefined {
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new BadTlsFile({ section, option, file, why: explain(error) }, { cause: error });
  }
}

async function send(section: string, agent: Agent, call: Call, ms: number): Promise<Answer> {
  const { method, url, headers = {}, body, signal } = call;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
  const stop = () => over.abort(signal?.reason);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const reply = await request(url, {
      dispatcher: agent,
      method: method as 'POST',
      headers: { ...headers },
      signal: over.signal,
      ...(body !== undefined && { body }),
    });
    return { status: reply.statusCode, headers: flat(reply.headers), text: await reply.body.text() };
  } catch (error) {
    const reason = over.signal.aborted ? over.signal.reason : error;
    const mayHaveArrived = !neverSent(error);
    throw new ServiceUnreachable({ section, method, url, why: explain(reason), mayHaveArrived }, { cause: reason });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

const flat = (headers: Record<string, string | string[] | undefined>): Answer['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value[0] : value]));

const beforeSending: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
  'UND_ERR_INVALID_ARG',
]);

/** Whether the error says that no byte of the request went out. */
function neverSent(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length) return error.errors.every(neverSent);
  const { code, syscall } = error as { code?: string; syscall?: string };
  return (
    syscall === 'connect' ||
    beforeSending.has(code ?? '') ||
    /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|ERR_TLS)/.test(code ?? '')
  );
}
