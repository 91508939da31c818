// Getting hold of the serial line: from whoever has it, and in the clear where there is no other way.
import type { Actor } from './actor.ts';
import type { CallOptions } from './commands/command.ts';
import { type Activated, activateSol, activation, deactivateSol } from './commands/payload.ts';
import { IpmiCommandFailed } from './errors.ts';
import { Sol, type SolStream } from './sol-stream.ts';

export interface SolOptions extends CallOptions {
  /** Take the serial line even where another session has it: that one loses it. */
  readonly force?: boolean;
}

const solHeader = 4;
const largestChunk = 200;

const failedWith = (error: unknown, code: number): boolean =>
  IpmiCommandFailed.is(error) && error.facts.cmd === activateSol(false).cmd && error.facts.code === code;

/** The serial line of the machine behind `actor`. */
export async function openSol(actor: Actor, { force, ...options }: SolOptions = {}): Promise<SolStream> {
  const { inbound } = await takeLine(actor, force === true, options);
  return new Sol(actor, Math.max(1, Math.min(inbound - solHeader, largestChunk)));
}

async function takeLine(actor: Actor, force: boolean, options: CallOptions): Promise<Activated> {
  try {
    return await activateAs(actor, options);
  } catch (error) {
    if (!force || !failedWith(error, activation.alreadyActive)) throw error;
    await actor.run(deactivateSol, options).catch(() => {});
    return activateAs(actor, options);
  }
}

async function activateAs(actor: Actor, options: CallOptions): Promise<Activated> {
  try {
    return await actor.run(activateSol(false), options);
  } catch (error) {
    if (!failedWith(error, activation.notEncrypted)) throw error;
    const activated = await actor.run(activateSol(true), options);
    actor.solInTheClear();
    return activated;
  }
}
