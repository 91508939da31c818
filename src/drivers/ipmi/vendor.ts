// vendor interface "ipmitool": raw bytes to the BMC, and its restart.
import { InvalidParameterValue, MissingParameterValue } from '#contract/errors.ts';
import { IpmiUnreachable } from '#protocols/ipmi/errors.ts';
import { done, type Step, type Task, type VendorFace } from '../kinds.ts';
import { bmcOf } from './bmc.ts';
import { ipmiInfo, ipmiProperties } from './info.ts';

/** netFn, command and data from text such as "0x00 0x01". Throws MissingParameterValue or InvalidParameterValue. */
export function rawBytesOf(text: unknown): Uint8Array {
  if (text === undefined || text === null || text === '')
    throw new MissingParameterValue({ why: 'raw_bytes is missing: bytes such as "0x06 0x01".' });
  const words = String(text)
    .trim()
    .split(/[\s,]+/);
  const bytes = words.map((word) => (/^(0x[0-9a-f]{1,2}|\d{1,3})$/i.test(word) ? Number(word) : Number.NaN));
  if (bytes.length < 2 || bytes.some((byte) => !(byte <= 255)))
    throw new InvalidParameterValue({
      why: `raw_bytes is "${text}": at least two bytes from 0x00 to 0xff, with blanks between them, are accepted.`,
    });
  return Uint8Array.from(bytes);
}

async function sendRaw(task: Task, text: unknown): Promise<void> {
  const answer = await bmcOf(task).raw(rawBytesOf(text), { signal: task.signal });
  task.log.info({ sent: String(text), answer: answer.toString('hex') }, 'raw bytes were sent to the BMC');
}

/** Many BMCs are gone before they have answered that they go. */
async function resetBmc(task: Task, warm: boolean): Promise<void> {
  try {
    await bmcOf(task).resetBmc(warm ? 'warm' : 'cold', { signal: task.signal });
  } catch (error) {
    if (!(IpmiUnreachable.is(error) && error.facts.mayHaveRun)) throw error;
  }
}

const isWarm = (value: unknown): boolean => value === undefined || /^(true|t|yes|y|on|1)$/i.test(String(value));

const sendRawStep: Step = {
  step: 'send_raw',
  in: { clean: 0, deploy: 0, service: 0 },
  args: { raw_bytes: { help: 'netFn, command and data: bytes such as "0x06 0x01".', required: true } },
  ramdisk: false,
  async run(task, { raw_bytes }) {
    await sendRaw(task, raw_bytes);
    return done;
  },
};

export const ipmiVendor: VendorFace = {
  name: 'ipmitool',
  properties: ipmiProperties,
  steps: [sendRawStep],
  validate(task) {
    ipmiInfo(task);
  },
  passthru: {
    send_raw: {
      httpMethods: ['POST'],
      async: true,
      exclusive: true,
      description: 'Sends raw bytes to the BMC: raw_bytes, such as "0x06 0x01".',
      validate: (_task, { raw_bytes }) => void rawBytesOf(raw_bytes),
      run: (task, { raw_bytes }) => sendRaw(task, raw_bytes),
    },
    bmc_reset: {
      httpMethods: ['POST'],
      async: true,
      exclusive: true,
      description: 'Restarts the BMC, not the machine: warm, or cold where "warm" is false.',
      run: (task, { warm }) => resetBmc(task, isWarm(warm)),
    },
  },
};
