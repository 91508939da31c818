// Who a simulated machine is. Everything follows from its name and number, so that a restarted rack is the same rack.
import { createHash } from 'node:crypto';

export interface Identity {
  readonly name: string;
  readonly uuid: string;
  /** Lower case with colons; the first one boots. */
  readonly macs: readonly string[];
  readonly bmcMac: string;
  readonly vendor: string;
  readonly product: string;
  readonly serial: string;
  readonly assetTag: string;
  readonly firmware: { readonly bios: string; readonly bmc: string; readonly built: string };
  readonly cpus: number;
  readonly memoryMb: number;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A name-based UUID (version 8 of RFC 9562 §5.8: the digest's own bits), the same for the same text. */
function uuidOf(text: string): string {
  const bytes = digest(text).subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * `52:54:PP:NN:NN:CC`: the rack's prefix, the machine's number, the card's (ff is the BMC's). Racks with different
 * prefixes seldom share addresses, machines of one rack never do.
 */
export function macOf(prefix: string, index: number, card: number): string {
  const machine = ((digest(prefix)[0]! << 16) + index) & 0xffffff;
  const digits = machine.toString(16).padStart(6, '0') + (card & 0xff).toString(16).padStart(2, '0');
  return `52:54:${digits.match(/../g)!.join(':')}`;
}

/** The machine number `index` (from 0) of the rack whose machines are called `prefix` and their number, from 1. */
export function identityOf(prefix: string, index: number, nics = 2): Identity {
  const name = `${prefix}${index + 1}`;
  return {
    name,
    uuid: uuidOf(name),
    macs: Array.from({ length: nics }, (_, card) => macOf(prefix, index, card)),
    bmcMac: macOf(prefix, index, 0xff),
    vendor: 'Ingot',
    product: 'Simulated Server S1',
    serial: `SIM${String(index + 1).padStart(6, '0')}`,
    assetTag: name,
    firmware: { bios: '1.4.2', bmc: '2.11', built: '2026-03-01' },
    cpus: 8,
    memoryMb: 16_384,
  };
}
