// The serial line of one machine, for as long as somebody looks: taken, kept, and taken again when it was lost.
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { SolStream } from '#protocols/ipmi/sol-stream.ts';

export interface LineParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Takes the serial line; rejects when that fails, or the signal is aborted. */
  connect(signal: AbortSignal): Promise<SolStream>;
  heard(bytes: Buffer): void;
  /** What became of the line, in a sentence for those who look. */
  told(sentence: string): void;
}

/** What those who look are told when there is a line. */
export const lineIsOpen = 'the serial line is open';

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
/** A line that was kept for so long was well: the next attempt follows soon. */
const steadyMs = 60_000;

export class SolLine {
  readonly #parts: LineParts;
  #stream: SolStream | undefined;
  #wanted: AbortController | undefined;
  #run: Promise<void> = Promise.resolve();

  constructor(parts: LineParts) {
    this.#parts = parts;
  }

  get open(): boolean {
    return this.#stream !== undefined;
  }

  /** Takes the line, and keeps it until `stop`. */
  start(): void {
    if (this.#wanted) return;
    const wanted = new AbortController();
    this.#wanted = wanted;
    this.#run = this.#run.then(() => this.#keep(wanted.signal));
  }

  /** Gives the line back; resolves when the BMC was told. */
  async stop(): Promise<void> {
    this.#wanted?.abort();
    this.#wanted = undefined;
    void this.#stream?.close();
    await this.#run;
  }

  /** Resolves when the machine has taken the bytes. Without a line they are lost, as on a port that nobody reads. */
  async write(bytes: Buffer): Promise<void> {
    try {
      await this.#stream?.write(bytes);
    } catch (error) {
      this.#parts.log.debug({ err: error }, 'typed characters were lost with the serial line');
    }
  }

  async #keep(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    let pause = firstPauseMs;
    while (!signal.aborted) {
      const begun = clock.now();
      const why = await this.#once(signal);
      if (signal.aborted) return;
      if (clock.now() - begun > steadyMs) pause = firstPauseMs;
      log.info({ why, seconds: pause / 1000 }, 'a serial console has no line to its machine; it is tried again');
      this.#parts.told(`no serial line: ${why} Trying again in ${pause / 1000} s`);
      await clock.sleep(pause, signal).catch(() => {});
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }

  /** Takes the line once and reads it to its end; says why it ended. */
  async #once(signal: AbortSignal): Promise<string> {
    try {
      const stream = await this.#parts.connect(signal);
      this.#stream = stream;
      if (signal.aborted) return '';
      this.#parts.told(lineIsOpen);
      for await (const bytes of stream) this.#parts.heard(bytes);
      return 'it was lost, or somebody else has taken it.';
    } catch (error) {
      return explain(error);
    } finally {
      await this.#stream?.close();
      this.#stream = undefined;
    }
  }
}
