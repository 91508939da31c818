// How long things take on a simulated machine.

/** Durations in milliseconds. */
export interface Pace {
  /** From power to the boot device. */
  readonly firmware: number;
  /** From the kernel's start to the agent's first request. */
  readonly ramdisk: number;
  /** From the disk's boot sector to the login prompt. */
  readonly system: number;
  /** Between power off and on of a cycle, and what a guest needs to shut down. */
  readonly shutdown: number;
  /** One step of cleaning, deployment or service that has nothing better to wait for. */
  readonly step: number;
  /** After a failed lookup: a random time between these, doubling. */
  readonly lookupRetry: readonly [number, number];
  /** One pause more for each lookup that finds its node locked. */
  readonly lockedPauses: readonly number[];
  /** How long the agent asks for its node before it gives up; never compressed, as the service itself is not faster. */
  readonly lookupTimeout: number;
  /** Least time between two heartbeats. */
  readonly heartbeatGap: number;
  /** After a failed heartbeat: this, times 1 to 2. */
  readonly heartbeatRetry: number;
  /** What the heartbeat interval told by the service (seconds) comes to. */
  readonly heartbeatTimeout: (seconds: number) => number;
}

/** The pace of a real machine divided by `speed`: 1 is real time, 100 deploys in about two seconds. */
export function pace(speed = 100): Pace {
  const of = (ms: number) => ms / speed;
  return {
    firmware: of(5_000),
    ramdisk: of(20_000),
    system: of(10_000),
    shutdown: of(3_000),
    step: of(3_000),
    lookupRetry: [of(1_000), of(60_000)],
    lockedPauses: [of(5_000), of(10_000), of(30_000)],
    lookupTimeout: 600_000,
    heartbeatGap: of(5_000),
    heartbeatRetry: of(5_000),
    heartbeatTimeout: (seconds) => of(seconds * 1000),
  };
}
