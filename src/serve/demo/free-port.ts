import { createServer } from 'node:net';

/** The first port from `wanted` on that nobody listens at on `address`; any free one after twenty tries. */
export async function freePort(address: string, wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + 20; port += 1) if (await canListen(address, port)) return port;
  return (await canListen(address, 0)) ?? wanted;
}

/** The port that could be opened (and was closed again), or undefined. */
function canListen(address: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, address, () => {
      const got = (server.address() as { port: number }).port;
      server.close(() => resolve(got));
    });
  });
}
