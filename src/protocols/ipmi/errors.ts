import { defineError } from '#base/errors.ts';
import { completionName } from './wire/completion-codes.ts';

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const hex = (value: number): string => `0x${value.toString(16).padStart(2, '0')}`;

interface Where {
  /** `address:port` of the BMC. */
  bmc: string;
}

/** Nothing came back. `mayHaveRun`: the command itself was sent, so the machine may have obeyed without saying so. */
export const IpmiUnreachable = defineError(
  'IpmiUnreachable',
  500,
  (p: Where & { doing: string; packets: number; ms: number; mayHaveRun: boolean; why?: string | undefined }) =>
    `BMC ${p.bmc} did not answer: ${p.doing}, ${p.packets} packet${p.packets === 1 ? '' : 's'} in ${seconds(p.ms)}${
      p.why ? ` (${p.why})` : ''
    }. ${
      p.mayHaveRun
        ? 'The order was sent once and is not repeated, as it may have been obeyed: look at the machine before trying again.'
        : 'Check the address, the network to it, and that IPMI over LAN is enabled.'
    }`,
);

/** The BMC and we do not agree on user, password, Kg or privilege. Until `retryAt` it is not asked again. */
export const IpmiAuthFailed = defineError(
  'IpmiAuthFailed',
  500,
  (p: Where & { username: string; why: string; retryAt: number; repeated: boolean }) =>
    `BMC ${p.bmc} refuses user "${p.username}": ${p.why}. ${
      p.repeated
        ? 'It was not asked again, so that it does not lock the account; it is from'
        : 'It will not be asked before'
    } ${new Date(p.retryAt).toISOString()}. Check user name, password, Kg and privilege level.`,
);

/** The BMC answered a command with a completion code other than 00. */
export const IpmiCommandFailed = defineError(
  'IpmiCommandFailed',
  500,
  (p: Where & { command: string; netFn: number; cmd: number; code: number }) =>
    `BMC ${p.bmc} answers ${p.command} (${hex(p.netFn)} ${hex(p.cmd)}) with ${hex(p.code)}: ${completionName(p.netFn, p.cmd, p.code)}.`,
);

/** None of the cipher suites that we may use is one of the BMC's. */
export const IpmiCipherMismatch = defineError(
  'IpmiCipherMismatch',
  500,
  (p: Where & { tried: readonly number[]; why: string }) =>
    `BMC ${p.bmc} takes none of the cipher suites ${p.tried.join(', ')}: ${p.why}. Name one that it has, or enable 17 or 3 there.`,
);

/** The BMC refuses a session for a reason that is neither the user nor the cipher suite: no free slot, mostly. */
export const IpmiSessionRefused = defineError(
  'IpmiSessionRefused',
  500,
  (p: Where & { step: string; words: string; tries: number }) =>
    `BMC ${p.bmc} refused a session ${p.tries} time${p.tries === 1 ? '' : 's'} at ${p.step}: ${p.words}.`,
);

/** The BMC has been silent too often and is left alone until `retryAt`. */
export const IpmiCircuitOpen = defineError(
  'IpmiCircuitOpen',
  500,
  (p: Where & { failures: number; since: number; retryAt: number }) =>
    `BMC ${p.bmc} has not answered ${p.failures} commands since ${new Date(p.since).toISOString()}; it is asked again at ${new Date(
      p.retryAt,
    ).toISOString()}.`,
);

/** The caller's signal was aborted, its deadline passed while waiting its turn, or the transport was closed. */
export const IpmiAborted = defineError(
  'IpmiAborted',
  500,
  (p: Where & { command: string; why: string }) => `${p.command} to BMC ${p.bmc} was given up: ${p.why}.`,
);

/** The BMC's answer is not one that the specification allows. */
export const IpmiBadAnswer = defineError(
  'IpmiBadAnswer',
  500,
  (p: Where & { command: string; why: string; answer: string }) =>
    `BMC ${p.bmc} answers ${p.command} with something unreadable (${p.why}): ${p.answer || 'no data'}.`,
);
