// What `ingot sim` does: a rack, one JSON line per machine, until it is stopped.
import type { Log } from '#base/log.ts';
import { type Control, startControl } from './control.ts';
import { type QemuRackOptions, qemuBodies } from './qemu-rack.ts';
import { type MachineDescription, type RackOptions, startRack } from './rack.ts';

export interface SimOptions extends Omit<RackOptions, 'body'> {
  /** The machines are QEMU's instead of states with simulated agents. */
  readonly qemu?: QemuRackOptions;
  /** `ADDR:PORT` on loopback where power, faults and consoles can be reached over HTTP. */
  readonly control?: string;
}

/** Start the machines, hand each description to `out` as one line of JSON, and run until `signal` is aborted. */
export async function runSim(options: SimOptions, out: (line: string) => void, signal: AbortSignal): Promise<void> {
  const { qemu, ...rest } = options;
  const rack = await startRack(qemu ? { nics: 1, ...rest, body: qemuBodies(qemu) } : rest);
  let control: Control | undefined;
  try {
    if (options.control) control = await startControl(rack, options.control);
    for (const description of rack.descriptions) out(JSON.stringify(description satisfies MachineDescription));
    tellStart(options.log, rack.machines.length, control);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    await control?.close();
    await rack.close();
  }
}

function tellStart(log: Log | undefined, machines: number, control: Control | undefined): void {
  const hand = control ? `; control at ${control.url}` : '';
  log?.info({ machines, control: control?.url }, `${machines} simulated machines answer${hand}`);
}
