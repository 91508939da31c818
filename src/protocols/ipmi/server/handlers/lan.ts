// LAN and serial-over-LAN configuration (IPMI 2.0 §23, §26).
import { privileges } from '../../commands/command.ts';
import { completion } from '../../wire/completion-codes.ts';
import { usualSuites } from '../bmc-spec.ts';
import { type Answer, type Handlers, type Scene, u16 } from '../handler.ts';
import { ourChannel } from './app.ts';

const { user, operator, administrator } = privileges;
const revision = 0x11;
const unsupported = 0x80;
const readOnly = 0x82;

/** Parameters made from how the BMC is set up: cipher suites (22, 23) and their privileges (24). */
function suiteParameter(parameter: number, suites: readonly number[]): number[] | undefined {
  if (parameter === 22) return [suites.length];
  if (parameter === 23) return [0, ...Array.from({ length: 16 }, (_, index) => suites[index] ?? 0)];
  // Administrator at most, for each of up to 16 suites.
  if (parameter === 24) return [0, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44, 0x44];
  return undefined;
}

function getLan(data: Buffer, { chassis, spec }: Scene): Answer {
  if (data.length < 4) return completion.lengthInvalid;
  if (!ourChannel(data[0])) return completion.invalidField;
  if (data[0]! & 0x80) return [revision];
  const parameter = data[1]!;
  const bytes = suiteParameter(parameter, spec.cipherSuites ?? usualSuites) ?? chassis.lanParameters.get(parameter);
  return bytes ? [revision, ...bytes] : unsupported;
}

function setLan(data: Buffer, { chassis }: Scene): Answer {
  if (data.length < 3) return completion.lengthInvalid;
  if (!ourChannel(data[0])) return completion.invalidField;
  const parameter = data[1]!;
  if (parameter === 22 || parameter === 23 || parameter === 1) return readOnly;
  if (!chassis.lanParameters.has(parameter)) return unsupported;
  chassis.lanParameters.set(parameter, Uint8Array.from(data.subarray(2)));
  return [];
}

/** Set in progress, enable, authentication, character interval, retry, bit rates (115200), channel, port. */
function solParameter(parameter: number, port: number): number[] | undefined {
  const table: (number[] | undefined)[] = [[0], [1], [0xc4], [12, 60], [7, 50], [0x0a], [0x0a], [1], u16(port)];
  return table[parameter];
}

function getSol(data: Buffer, { chassis, port }: Scene): Answer {
  if (data.length < 4) return completion.lengthInvalid;
  if (data[0]! & 0x80) return [revision];
  const bytes = chassis.console || data[1] === 0 ? solParameter(data[1]!, port) : undefined;
  return bytes ? [revision, ...bytes] : unsupported;
}

export const lanHandlers: Handlers = [
  [0x0c01, { needs: administrator, run: setLan }],
  [0x0c02, { needs: operator, run: getLan }],
  // Serial settings are fixed; setting them is taken and has no effect.
  [0x0c21, { needs: administrator, run: () => [] }],
  [0x0c22, { needs: user, run: getSol }],
];
