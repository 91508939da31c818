// SDR, SEL and FRU (IPMI 2.0 §33, §31, §34).
import { privileges } from '../../commands/command.ts';
import { completion } from '../../wire/completion-codes.ts';
import { type Answer, type Handlers, type Scene, u16, u32 } from '../handler.ts';
import { sdrRecords } from '../sdr-bytes.ts';

const { user, operator } = privileges;
const wholeRecord = 0xff;
/** Bytes that fit into one answer. */
const answerRoom = 230;
const version = 0x51;

const nextReservation = (last: number): number => (last % 0xffff) + 1;

/** Bytes of a stored thing from an offset, as several commands ask for them; a completion code when they are not there. */
function slice(bytes: Uint8Array, offset: number, count: number): Uint8Array | number {
  if (offset > bytes.length) return completion.outOfRange;
  const size = count === wholeRecord ? bytes.length - offset : count;
  if (size > answerRoom) return completion.tooManyBytes;
  return bytes.subarray(offset, offset + size);
}

function reserveSdr(_data: Buffer, { memory }: Scene): Answer {
  memory.sdrReservation = nextReservation(memory.sdrReservation);
  return u16(memory.sdrReservation);
}

function reserveSel(_data: Buffer, { memory }: Scene): Answer {
  memory.selReservation = nextReservation(memory.selReservation);
  return u16(memory.selReservation);
}

function sdrInfo(_data: Buffer, { chassis }: Scene): Answer {
  // Reserve and non-modal update are supported.
  return [version, ...u16(chassis.sensors.length + 1), ...u16(0), ...u32(0), ...u32(0), 0x22];
}

function getSdr(data: Buffer, { chassis, memory }: Scene): Answer {
  if (data.length < 6) return completion.lengthInvalid;
  const [reservation, id, offset, count] = [data.readUInt16LE(0), data.readUInt16LE(2), data[4]!, data[5]!];
  if (offset > 0 && reservation !== memory.sdrReservation) return completion.reservationLost;
  const records = sdrRecords(chassis.sensors);
  const at = id === 0 ? 0 : id === 0xffff ? records.length - 1 : id - 1;
  const record = records[at];
  if (!record) return completion.notPresent;
  const bytes = slice(record, offset, count);
  const next = at + 1 < records.length ? at + 2 : 0xffff;
  return typeof bytes === 'number' ? bytes : [...u16(next), ...bytes];
}

function selInfo(_data: Buffer, { chassis: { sel } }: Scene): Answer {
  const support = 0x02 | (sel.overflowed ? 0x80 : 0);
  return [version, ...u16(sel.records.length), ...u16(sel.free), ...u32(sel.addedAt), ...u32(sel.clearedAt), support];
}

function getSel(data: Buffer, { chassis: { sel }, memory }: Scene): Answer {
  if (data.length < 6) return completion.lengthInvalid;
  const [reservation, id, offset, count] = [data.readUInt16LE(0), data.readUInt16LE(2), data[4]!, data[5]!];
  if (offset > 0 && reservation !== memory.selReservation) return completion.reservationLost;
  const found = sel.find(id);
  if (!found) return completion.notPresent;
  const bytes = slice(found.record, offset, count);
  return typeof bytes === 'number' ? bytes : [...u16(found.next), ...bytes];
}

function clearSel(data: Buffer, { chassis: { sel }, memory }: Scene): Answer {
  if (data.length < 6) return completion.lengthInvalid;
  if (data.readUInt16LE(0) !== memory.selReservation) return completion.reservationLost;
  if (data.subarray(2, 5).toString('latin1') !== 'CLR') return completion.invalidField;
  if (data[5] === 0xaa) sel.clear();
  return [0x01];
}

function addSel(data: Buffer, { chassis: { sel } }: Scene): Answer {
  if (data.length < 16) return completion.lengthInvalid;
  const id = sel.addRecord(data.subarray(0, 16));
  return id === 0xffff ? completion.outOfSpace : u16(id);
}

function setSelTime(data: Buffer, { chassis: { sel } }: Scene): Answer {
  if (data.length < 4) return completion.lengthInvalid;
  sel.time = data.readUInt32LE(0);
  return [];
}

function readFru(data: Buffer, { chassis }: Scene): Answer {
  if (data.length < 4) return completion.lengthInvalid;
  if (data[0] !== 0) return completion.notPresent;
  const bytes = slice(chassis.fru, data.readUInt16LE(1), Math.min(data[3]!, answerRoom));
  return typeof bytes === 'number' ? bytes : [bytes.length, ...bytes];
}

export const storageHandlers: Handlers = [
  [
    0x0a10,
    { needs: user, run: (data, { chassis }) => (data[0] ? completion.notPresent : [...u16(chassis.fru.length), 0]) },
  ],
  [0x0a11, { needs: user, run: readFru }],
  [0x0a20, { needs: user, run: sdrInfo }],
  [0x0a21, { needs: user, run: () => [...u16(0), ...u16(0), ...u16(0), ...u16(0), 0] }],
  [0x0a22, { needs: user, run: reserveSdr }],
  [0x0a23, { needs: user, run: getSdr }],
  [0x0a28, { needs: user, run: (_data, { chassis }) => u32(chassis.sel.time) }],
  [0x0a40, { needs: user, run: selInfo }],
  [0x0a42, { needs: user, run: reserveSel }],
  [0x0a43, { needs: user, run: getSel }],
  [0x0a44, { needs: operator, run: addSel }],
  [0x0a47, { needs: operator, run: clearSel }],
  [0x0a48, { needs: user, run: (_data, { chassis }) => u32(chassis.sel.time) }],
  [0x0a49, { needs: operator, run: setSelTime }],
];
