import dgram from 'node:dgram';
import { defineError } from '#base/errors.ts';

export const CannotBind = defineError('CannotBind', 500, (p: { what: string; where: string; code: string }) => {
  const advice: Record<string, string> = {
    EACCES: 'ports below 1024 need CAP_NET_BIND_SERVICE (AmbientCapabilities= in the unit) or root',
    EADDRINUSE: 'another program has this port; stop it or choose another port',
    EADDRNOTAVAIL: 'the interface does not have this address',
  };
  return `${p.what} cannot listen on ${p.where} (${p.code})${advice[p.code] ? `: ${advice[p.code]}` : ''}.`;
});

/** A bound IPv4 UDP socket that may broadcast. `fd`: one made elsewhere. `shared`: beside others on the same port. */
export function bindUdp(
  what: string,
  where: { address: string; port: number } | { fd: number },
  shared = false,
): Promise<dgram.Socket> {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket({ type: 'udp4', reuseAddr: shared });
    const place = 'fd' in where ? `descriptor ${where.fd}` : `${where.address}:${where.port}`;
    socket.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new CannotBind({ what, where: place, code: cause.code ?? cause.message }, { cause })),
    );
    socket.bind(where, () => {
      socket.removeAllListeners('error');
      socket.setBroadcast(true);
      resolve(socket);
    });
  });
}
