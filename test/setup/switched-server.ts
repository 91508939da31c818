// An HTTP server on loopback that tests take down and up again, at the same port.
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SwitchedServer {
  readonly port: number;
  /** Nobody listens any more, and who was connected is no longer. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export async function switchedServer(answer: RequestListener): Promise<SwitchedServer> {
  let port = 0;
  let server: Server | undefined;
  const up = async () => {
    if (server) return;
    const fresh = createServer(answer);
    await new Promise<void>((resolve, reject) => fresh.once('error', reject).listen(port, '127.0.0.1', resolve));
    port = (fresh.address() as AddressInfo).port;
    server = fresh;
  };
  const down = async () => {
    const old = server;
    server = undefined;
    old?.closeAllConnections();
    await new Promise<void>((resolve) => (old ? old.close(() => resolve()) : resolve()));
  };
  await up();
  return { port, up, down };
}
