// What a machine asked for and was given while it started.
import type { ClientKind } from '#protocols/dhcp/client-class.ts';

export type BootEventKind =
  | 'dhcp-discover'
  | 'dhcp-request'
  | 'dhcp-inform'
  | 'dhcp-decline'
  | 'dhcp-release'
  | 'dhcp-offer'
  | 'dhcp-ack'
  | 'dhcp-nak'
  | 'dhcp-ignored'
  | 'proxy-offer'
  | 'proxy-ack'
  | 'tftp'
  | 'tftp-failed'
  | 'http'
  | 'http-failed';

/** One question or answer. `at` is milliseconds since the epoch; `detail` is a sentence for people. */
export interface BootEvent {
  readonly at: number;
  readonly kind: BootEventKind;
  readonly detail: string;
  readonly node?: string;
  readonly mac?: string;
  readonly address?: string;
  readonly client?: ClientKind;
  /** The file asked for, without leading slash. */
  readonly path?: string;
  readonly bytes?: number;
}

export type BootEventSink = (event: BootEvent) => void;
