// Sockets handed over by systemd (sd_listen_fds(3)): LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES.

export interface ListenEnv {
  readonly LISTEN_PID?: string | undefined;
  readonly LISTEN_FDS?: string | undefined;
  readonly LISTEN_FDNAMES?: string | undefined;
}

const firstFd = 3;

/** The descriptor named `name` (FileDescriptorName= of the socket unit), or undefined where none was handed over. */
export function activatedFd(env: ListenEnv, pid: number, name: string): number | undefined {
  const count = Number(env.LISTEN_FDS ?? 0);
  if (env.LISTEN_PID !== String(pid) || !Number.isInteger(count) || count < 1) return undefined;
  const at = (env.LISTEN_FDNAMES ?? '').split(':').slice(0, count).indexOf(name);
  return at < 0 ? undefined : firstFd + at;
}
