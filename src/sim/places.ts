// At which addresses and ports the BMCs of a rack answer.
import { defineError } from '#base/errors.ts';

export interface Place {
  readonly address: string;
  readonly port: number;
}

const BadPlaces = defineError(
  'BadPlaces',
  400,
  (p: { place: string; why: string }) => `The BMCs cannot be put at "${p.place}": ${p.why}.`,
);

/**
 * Places for `count` BMCs from `ADDR:PORT` on: the same address and ports upward, or with `spread` 'addresses' the same
 * port and addresses of 127.0.0.0/8 upward. Port 0 is any free port, for each.
 */
export function placesFrom(place: string, count: number, spread: 'ports' | 'addresses' = 'ports'): Place[] {
  const found = /^\[?([^[\]]+)\]?:(\d{1,5})$/.exec(place);
  if (!found) throw new BadPlaces({ place, why: 'it is not ADDRESS:PORT, such as 127.0.0.1:6230' });
  const [address, port] = [found[1]!, Number(found[2])];
  const numbers = Array.from({ length: count }, (_, index) => index);
  if (spread === 'addresses') {
    const first = numberOf(place, address);
    if (first + count - 1 > LAST_LOOPBACK) throw new BadPlaces({ place, why: `127.0.0.0/8 ends before ${count} BMCs` });
    return numbers.map((index) => ({ address: textOf(first + index), port }));
  }
  if (port + (port && count - 1) > 65_535) throw new BadPlaces({ place, why: `ports end before ${count} BMCs` });
  return numbers.map((index) => ({ address, port: port && port + index }));
}

const LAST_LOOPBACK = 0x7fff_fffe;

function numberOf(place: string, address: string): number {
  const parts = address.split('.').map(Number);
  const fine = parts.length === 4 && parts[0] === 127 && parts.every((part) => Number.isInteger(part) && part < 256);
  if (!fine) throw new BadPlaces({ place, why: 'addresses can be spread within 127.0.0.0/8 only' });
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

const textOf = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
