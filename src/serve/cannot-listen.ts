import { defineError } from '#base/errors.ts';

const CannotListen = defineError(
  'CannotListen',
  500,
  (p: { host: string; port: number; why: string }) => `The API cannot listen at ${p.host}:${p.port}: ${p.why}.`,
);

const whys: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has that port; stop it, or choose another one with --port',
  EACCES: 'this user may not open that port; choose one above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address; see [api] host_ip',
};

/** What opening a port failed with, as a sentence; anything else as it is. */
export function cannotListen(host: string, port: number, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = whys[code];
  return why ? new CannotListen({ host, port, why }, { cause: error }) : error;
}
