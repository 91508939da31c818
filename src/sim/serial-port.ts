import { Duplex } from 'node:stream';

/** A serial port that outlives the power: any number of connections on one side, at most one machine on the other. */
export class SerialPort {
  readonly #connections = new Set<Duplex>();
  #machine: Duplex | undefined;

  /** Join the port to what a machine sends and hears, until that ends. */
  attach(machine: Duplex): void {
    this.#machine = machine;
    machine.on('data', (chunk: Buffer) => {
      for (const connection of this.#connections) connection.push(chunk);
    });
    const gone = () => {
      if (this.#machine === machine) this.#machine = undefined;
    };
    machine.on('close', gone);
    machine.on('error', gone);
  }

  /** A new connection. What is typed while the machine is off is lost, as on a real port. */
  open(): Duplex {
    const port = this;
    const connection = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        const machine = port.#machine;
        if (machine?.writable) machine.write(chunk, () => done());
        else done();
      },
    });
    this.#connections.add(connection);
    connection.on('close', () => this.#connections.delete(connection));
    return connection;
  }

  /** End every connection. */
  close(): void {
    for (const connection of this.#connections) connection.destroy();
  }
}
