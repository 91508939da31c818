// The HTTP server over TLS. A certificate that changed holds from the next connection on.
import type { RequestListener, Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import type { SecureContextOptions } from 'node:tls';

export interface Tls {
  /** What the server starts with. */
  readonly first: SecureContextOptions;
  /** What holds from now on, where that is something else than at the last call. */
  changed(): SecureContextOptions | undefined;
}

export function secureServer(options: ServerOptions, tls: Tls, handle: RequestListener): Server {
  const server = createServer({ ...options, ...tls.first }, handle);
  // Before the listener that begins the handshake.
  server.prependListener('connection', () => {
    const fresh = tls.changed();
    if (fresh) server.setSecureContext(fresh);
  });
  return server as unknown as Server;
}
