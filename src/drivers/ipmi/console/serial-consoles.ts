// The serial consoles that this process serves, by node.
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { InvalidParameterValue, NoFreeIPMITerminalPorts } from '#contract/errors.ts';
import { type Connect, SerialConsole } from './serial-console.ts';

export interface ConsoleOrder {
  /** UUID. */
  readonly node: string;
  /** Where to listen. */
  readonly address: string;
  /** The ports that will do, the best first. */
  ports(): Iterable<number>;
  /** Milliseconds after which a connection without traffic is cut off; 0 never. */
  readonly idleMs: number;
  readonly connect: Connect;
}

export interface SerialConsoles {
  /**
   * Opens a node's console and resolves with its port; one that is open at the first of the ports stays so. Nothing is
   * asked of the machine before somebody connects. Throws NoFreeIPMITerminalPorts, or InvalidParameterValue where the address is not one of this host.
   */
  open(order: ConsoleOrder): Promise<number>;
  /** Ends a node's console, where it is open. */
  close(node: string): Promise<void>;
  /** The port of a node's console while it is open. */
  port(node: string): number | undefined;
  closeAll(): Promise<void>;
}

interface Open {
  readonly port: number;
  readonly console: SerialConsole;
}

/** A place for consoles, none open yet. */
export function makeSerialConsoles({ clock, log }: { clock: Clock; log: Log }): SerialConsoles {
  const open = new Map<string, Open>();
  const taken = new Set<number>();

  async function close(node: string, why: string): Promise<void> {
    const one = open.get(node);
    if (!one) return;
    open.delete(node);
    taken.delete(one.port);
    await one.console.close(why);
  }

  async function tryPort(order: ConsoleOrder, port: number): Promise<boolean> {
    const { node, address, idleMs, connect } = order;
    const console = new SerialConsole({ clock, log: log.child({ node }), idleMs, connect });
    try {
      await console.listen(address, port);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' || code === 'EACCES') return false;
      throw new InvalidParameterValue({
        why: `No console can listen on ${address} ([console]socat_address): ${explain(error)}.`,
      });
    }
    open.set(node, { port, console });
    return true;
  }

  return {
    async open(order) {
      const before = open.get(order.node);
      const [best] = order.ports();
      if (before && before.port === best) {
        before.console.connectBy(order.connect);
        return best;
      }
      await close(order.node, 'the console moves to another port');
      for (const port of order.ports()) {
        if (taken.has(port)) continue;
        taken.add(port);
        if (await tryPort(order, port)) return port;
        taken.delete(port);
      }
      throw new NoFreeIPMITerminalPorts({ host: order.address });
    },
    close: (node) => close(node, 'the console was disabled'),
    port: (node) => open.get(node)?.port,
    async closeAll() {
      await Promise.all([...open.keys()].map((node) => close(node, 'Ingot stops')));
    },
  };
}
