/** A controller on a channel of another one. */
export interface Hop {
  readonly channel: number;
  readonly address: number;
}

/** The way to a controller behind the BMC: its commands are handed on by Send Message (IPMI 2.0 §6.13, §22.7). */
export interface Bridge {
  /** Our own address on the bus; that of the BMC unless told. */
  readonly local: number | undefined;
  /** The controller in between, where there are two buses to cross. */
  readonly transit: Hop | undefined;
  readonly target: Hop;
}
