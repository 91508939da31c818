import { type Look, lineOf } from './progress.ts';
import { colourOfState, paint, type Sink } from './screen.ts';

/** Shows progress: one line rewritten on a terminal; elsewhere a line for each new state or step. */
export class ProgressLine {
  readonly #sink: Sink;
  readonly #colours: boolean;
  readonly #name: string;
  #told = '';
  #open = false;
  #percent = 0;

  constructor(sink: Sink, colours: boolean, name: string) {
    this.#sink = sink;
    this.#colours = colours;
    this.#name = name;
  }

  /** `percent` never goes back on the display. */
  show(look: Look, percent: number, seconds: number): void {
    this.#percent = Math.max(this.#percent, percent);
    const line = lineOf(this.#name, look, this.#percent, seconds, this.#sink.isTerminal ? this.#sink.columns : 200);
    const key = `${look.state} ${look.step?.number ?? ''} ${look.step?.name ?? ''}`;
    if (this.#sink.isTerminal) {
      this.#sink.write(
        `\r\x1b[K${line.replace(look.state, paint(this.#colours, colourOfState(look.state), look.state))}`,
      );
      this.#open = true;
    } else if (key !== this.#told) this.#sink.write(`${line}\n`);
    this.#told = key;
  }

  /** Leave the line as it stands; what follows begins on a new one. */
  end(): void {
    if (this.#open) this.#sink.write('\n');
    this.#open = false;
  }
}
