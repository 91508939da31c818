// TFTP messages as bytes. RFC 1350, options RFC 2347.

/** Error codes of RFC 1350 §5 and RFC 2347. */
export const tftpErrors = {
  undefined: 0,
  notFound: 1,
  accessViolation: 2,
  diskFull: 3,
  illegalOperation: 4,
  unknownTransfer: 5,
  fileExists: 6,
  noSuchUser: 7,
  optionRefused: 8,
} as const;

export type TftpPacket =
  | { readonly op: 'read' | 'write'; readonly path: string; readonly mode: string; readonly options: TftpOptions }
  | { readonly op: 'data'; readonly block: number; readonly data: Buffer }
  | { readonly op: 'ack'; readonly block: number }
  | { readonly op: 'error'; readonly code: number; readonly message: string }
  | { readonly op: 'option-ack'; readonly options: TftpOptions };

/** Option names in lower case (RFC 2347: names are case-insensitive). */
export type TftpOptions = Readonly<Record<string, string>>;

const codes = { read: 1, write: 2, data: 3, ack: 4, error: 5, 'option-ack': 6 } as const;
const longestRequest = 1024;
const mostOptions = 16;

/** Read a message, or say in a few words what is wrong with it. Never throws. */
export function decodeTftp(bytes: Buffer): { packet: TftpPacket } | { malformed: string } {
  if (bytes.length < 4) return { malformed: `${bytes.length} bytes, shorter than a TFTP message` };
  const code = bytes.readUInt16BE(0);
  const number = bytes.readUInt16BE(2);
  if (code === codes.data) return { packet: { op: 'data', block: number, data: bytes.subarray(4) } };
  if (code === codes.ack) return { packet: { op: 'ack', block: number } };
  if (code === codes.error) return { packet: { op: 'error', code: number, message: errorText(bytes.subarray(4)) } };
  if (code === codes['option-ack']) return readOptionAck(bytes.subarray(2));
  if (code === codes.read || code === codes.write) return readRequest(code === codes.read ? 'read' : 'write', bytes);
  return { malformed: `operation ${code}` };
}

const errorText = (bytes: Buffer): string =>
  (strings(bytes)?.[0] ?? bytes.toString('latin1')).replace(/[^\x20-\x7e]/g, '?').slice(0, 200);

function readOptionAck(bytes: Buffer): { packet: TftpPacket } | { malformed: string } {
  const options = pairs(strings(bytes) ?? []);
  return options ? { packet: { op: 'option-ack', options } } : { malformed: 'options without values' };
}

function readRequest(op: 'read' | 'write', bytes: Buffer): { packet: TftpPacket } | { malformed: string } {
  if (bytes.length > longestRequest) return { malformed: `a request of ${bytes.length} bytes` };
  const [path, mode, ...rest] = strings(bytes.subarray(2)) ?? [];
  if (!path || !mode) return { malformed: 'a request without file name or mode' };
  const options = pairs(rest);
  if (!options) return { malformed: 'options without values' };
  return { packet: { op, path, mode: mode.toLowerCase(), options } };
}

// NUL-ended strings; bytes behind the last NUL are padding of some ROMs.
function strings(bytes: Buffer): string[] | undefined {
  const parts = bytes.toString('latin1').split('\0');
  parts.pop();
  return parts.length > 0 ? parts : undefined;
}

function pairs(parts: readonly string[]): TftpOptions | undefined {
  const options: Record<string, string> = Object.create(null);
  const used = parts.length % 2 && parts.at(-1) === '' ? parts.slice(0, -1) : parts;
  if (used.length % 2 || used.length > 2 * mostOptions) return undefined;
  for (let at = 0; at < used.length; at += 2) options[used[at]!.toLowerCase()] ??= used[at + 1]!;
  return options;
}

const numbered = (code: number, number: number): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(code, 0);
  head.writeUInt16BE(number & 0xffff, 2);
  return head;
};

/** The bytes of a message. Block numbers are cut to 16 bits. */
export function encodeTftp(packet: TftpPacket): Buffer {
  switch (packet.op) {
    case 'data':
      return Buffer.concat([numbered(codes.data, packet.block), packet.data]);
    case 'ack':
      return numbered(codes.ack, packet.block);
    case 'error':
      return Buffer.concat([numbered(codes.error, packet.code), zeroEnded([packet.message])]);
    case 'option-ack':
      return Buffer.concat([numbered(codes['option-ack'], 0).subarray(0, 2), optionBytes(packet.options)]);
    default: {
      const head = numbered(codes[packet.op], 0).subarray(0, 2);
      return Buffer.concat([head, zeroEnded([packet.path, packet.mode]), optionBytes(packet.options)]);
    }
  }
}

const zeroEnded = (parts: readonly string[]): Buffer => Buffer.from(parts.map((p) => `${p}\0`).join(''), 'latin1');
const optionBytes = (options: TftpOptions): Buffer => zeroEnded(Object.entries(options).flat());
