// A self-signed certificate for one agent, as the agent makes one: EC P-384, its address as the alternative name
// (RFC 5280 §4.1; DER by ITU-T X.690).
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const tlv = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: Uint8Array[]) => tlv(0x30, ...parts);
const oid = (hex: string) => tlv(0x06, Buffer.from(hex, 'hex'));
const bits = (data: Uint8Array) => tlv(0x03, Buffer.from([0]), data);
const yes = tlv(0x01, Buffer.from([0xff]));
/** UTCTime `YYMMDDhhmmssZ`: good until 2049. */
const time = (ms: number) =>
  tlv(0x17, Buffer.from(`${new Date(ms).toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`));

const ecdsaSha384 = sequence(oid('2a8648ce3d040303'));
const name = (text: string) => sequence(tlv(0x31, sequence(oid('550403'), tlv(0x0c, Buffer.from(text)))));
const extension = (id: string, critical: boolean, value: Uint8Array) =>
  sequence(oid(id), ...(critical ? [yes] : []), tlv(0x04, value));

const HOUR = 3_600_000;

/** Key and certificate as PEM text, for the IPv4 address `address`: from an hour ago, for 30 days. */
export function selfSigned(address: string, now: number): { key: string; certificate: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const serial = randomBytes(16);
  serial[0] = (serial[0]! & 0x7f) | 0x01;
  const who = name(address);
  const toBeSigned = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, serial),
    ecdsaSha384,
    who,
    sequence(time(now - HOUR), time(now + 30 * 24 * HOUR)),
    who,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(
      0xa3,
      sequence(
        extension('551d13', true, sequence(yes)),
        extension('551d11', false, sequence(tlv(0x87, Buffer.from(address.split('.').map(Number))))),
      ),
    ),
  );
  const der = sequence(toBeSigned, ecdsaSha384, bits(sign('sha384', toBeSigned, privateKey)));
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
