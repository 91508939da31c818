// The few calls of libc that Node does not offer, through koffi (an optional package with prebuilt binaries).

type Call = (...args: unknown[]) => number;

/** Each call throws an Error with the errno where libc returns less than 0. */
export interface Libc {
  readonly socket: Call;
  readonly setsockopt: Call;
  readonly bind: Call;
  readonly sendto: Call;
  readonly close: Call;
}

const prototypes = {
  socket: 'int socket(int, int, int)',
  setsockopt: 'int setsockopt(int, int, int, void*, uint32_t)',
  bind: 'int bind(int, void*, uint32_t)',
  sendto: 'int64_t sendto(int, void*, uint64_t, int, void*, uint32_t)', // koffi knows no ssize_t in prototypes
  close: 'int close(int)',
} as const;

/** The calls, or why there are none (another system than Linux, koffi not installed or without its binary). */
export async function loadLibc(): Promise<Libc | { missing: string }> {
  if (process.platform !== 'linux') return { missing: `libc calls are for Linux, not ${process.platform}` };
  try {
    const { default: koffi } = await import('koffi');
    const libc = koffi.load('libc.so.6');
    const calls = Object.entries(prototypes).map(([name, prototype]) => {
      const native = libc.func(prototype);
      const call: Call = (...args) => {
        const result = Number(native(...args));
        if (result < 0) throw new Error(`${name}() failed with errno ${koffi.errno()}`);
        return result;
      };
      return [name, call] as const;
    });
    return Object.fromEntries(calls) as unknown as Libc;
  } catch (error) {
    return { missing: `koffi does not load: ${error instanceof Error ? error.message : error}` };
  }
}
