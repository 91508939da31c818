// What a machine writes to its serial port: the last of it is kept, and those who listen hear all of it.
import { Duplex } from 'node:stream';

const KEPT = 32 * 1024;

export class ConsoleText {
  #kept = '';
  readonly #listeners = new Set<(text: string) => void>();
  /** What answers typed text, while something runs that does. */
  onInput: ((text: string) => void) | undefined;

  write(text: string): void {
    this.#kept = (this.#kept + text).slice(-KEPT);
    for (const listener of this.#listeners) listener(text);
  }

  /** One line, ended as serial lines are. */
  line(text: string): void {
    this.write(`${text}\r\n`);
  }

  /** The last 32 Ki characters. */
  get text(): string {
    return this.#kept;
  }

  listen(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A connection to the serial port: reads what is written from now on; what is written to it is typed text. */
  open(): Duplex {
    const duplex = new Duplex({
      read() {},
      write: (chunk: Buffer, _encoding, done) => {
        this.onInput?.(chunk.toString('latin1'));
        done();
      },
    });
    const stop = this.listen((text) => duplex.push(Buffer.from(text, 'utf8')));
    duplex.on('close', stop);
    return duplex;
  }
}
