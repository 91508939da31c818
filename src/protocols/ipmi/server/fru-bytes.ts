// The content of a FRU store (Platform Management FRU Information Storage Definition 1.0).
export interface FruFacts {
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  readonly partNumber?: string;
  readonly version?: string;
  readonly assetTag?: string;
}

const english = 25;
/** A field of 8-bit text. One of a single character would read as the end of fields: it gets a space. */
const field = (text: string): number[] => {
  const bytes = [...Buffer.from(text.length === 1 ? `${text} ` : text, 'latin1').subarray(0, 63)];
  return [0xc0 | bytes.length, ...bytes];
};

const endOfFields = 0xc1;

/** Pads an area to a multiple of 8 bytes, with its length in the second byte and a zero checksum. */
function area(bytes: number[]): Buffer {
  const size = Math.ceil((bytes.length + 1) / 8) * 8;
  const out = Buffer.alloc(size);
  out.set(bytes);
  out[1] = size / 8;
  out[size - 1] = -out.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return out;
}

/** A FRU with chassis, board and product areas. */
export function fruBytes(facts: FruFacts): Buffer {
  const { manufacturer, product, serial, partNumber = '', version = '1.0', assetTag = '' } = facts;
  const mainServer = 0x11;
  const chassis = area([1, 0, mainServer, ...field(partNumber), ...field(serial), endOfFields]);
  const made = [0, 0, 0];
  const board = area([
    ...[1, 0, english, ...made, ...field(manufacturer), ...field(product), ...field(serial)],
    ...[...field(partNumber), ...field(''), endOfFields],
  ]);
  const productArea = area([
    ...[1, 0, english, ...field(manufacturer), ...field(product), ...field(partNumber), ...field(version)],
    ...[...field(serial), ...field(assetTag), ...field(''), endOfFields],
  ]);
  const boardAt = 1 + chassis.length / 8;
  const header = Buffer.from([1, 0, 1, boardAt, boardAt + board.length / 8, 0, 0, 0]);
  header[7] = -header.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return Buffer.concat([header, chassis, board, productArea]);
}
