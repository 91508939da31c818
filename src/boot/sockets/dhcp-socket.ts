// One port for DHCP on one interface: bound to the device where libc can be called, handed over, or a plain pair.
import type dgram from 'node:dgram';
import type { Libc } from './libc.ts';
import type { BootInterface } from './network-interface.ts';
import { bindUdp } from './udp-socket.ts';

/** `device`: hears this interface only. `handed over`: as the giver bound it. `pair`: hears all interfaces, answers on this one. */
export type DhcpSocketKind = 'device' | 'handed over' | 'pair';

export interface DhcpSocket {
  readonly kind: DhcpSocketKind;
  readonly port: number;
  send(bytes: Buffer, port: number, address: string): void;
  close(): void;
}

export interface DhcpSocketOptions {
  readonly on: BootInterface;
  readonly port: number;
  readonly libc: Libc | undefined;
  readonly fd: number | undefined;
  readonly onMessage: (bytes: Buffer, from: dgram.RemoteInfo) => void;
  readonly onError: (error: Error) => void;
}

/** Opens the best kind of socket that this machine allows; CannotBind where none. */
export async function openDhcpSocket(options: DhcpSocketOptions): Promise<DhcpSocket> {
  const { on, port, libc, fd } = options;
  if (fd !== undefined) return single('handed over', await bindUdp('DHCP', { fd }), options);
  if (libc) {
    const bound = deviceBoundFd(libc, on.name, port);
    return single('device', await bindUdp('DHCP', { fd: bound }), options);
  }
  // Bound to the address, a limited broadcast leaves by the interface that owns it, whatever the default route says.
  const sender = await bindUdp('DHCP', { address: on.address, port }, true);
  const listener = await bindUdp('DHCP', { address: '0.0.0.0', port: sender.address().port }, true).catch((error) => {
    sender.close();
    throw error;
  });
  return assemble('pair', sender, [sender, listener], options);
}

const single = (kind: DhcpSocketKind, socket: dgram.Socket, options: DhcpSocketOptions): DhcpSocket =>
  assemble(kind, socket, [socket], options);

function assemble(
  kind: DhcpSocketKind,
  sender: dgram.Socket,
  all: readonly dgram.Socket[],
  { onMessage, onError }: DhcpSocketOptions,
): DhcpSocket {
  for (const socket of all) {
    socket.on('message', onMessage);
    socket.on('error', onError);
  }
  return {
    kind,
    port: sender.address().port,
    send: (bytes, port, address) => sender.send(bytes, port, address, (error) => error && onError(error)),
    close: () => {
      for (const socket of all) socket.close();
    },
  };
}

function deviceBoundFd(libc: Libc, name: string, port: number): number {
  const fd = libc.socket(2, 2 | 0o2000000, 0); // AF_INET, SOCK_DGRAM | SOCK_CLOEXEC
  try {
    const device = Buffer.from(`${name}\0`);
    libc.setsockopt(fd, 1, 2, Buffer.from([1, 0, 0, 0]), 4); // SOL_SOCKET, SO_REUSEADDR
    libc.setsockopt(fd, 1, 25, device, device.length); // SOL_SOCKET, SO_BINDTODEVICE
    const address = Buffer.alloc(16); // struct sockaddr_in, 0.0.0.0
    address.writeUInt16LE(2, 0);
    address.writeUInt16BE(port, 2);
    libc.bind(fd, address, address.length);
    return fd;
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}
