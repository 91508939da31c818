// Lines of a log that come in the same turn of the event loop go out in one write: a write for each costs more than what it
// tells of.

interface Sink {
  write(text: string): unknown;
}

interface GatheredLines extends Sink {
  /** Write now what was gathered. */
  flush(): void;
}

const largest = 64 * 1024;

/** Gathers what is written to `sink`; `later` runs a function when the turn is over. */
export function gatherLines(sink: Sink, later: (work: () => void) => void = setImmediate): GatheredLines {
  let text = '';
  const flush = () => {
    const gathered = text;
    text = '';
    if (gathered) sink.write(gathered);
  };
  return {
    flush,
    write(line) {
      if (text === '') later(flush);
      text += line;
      if (text.length > largest) flush();
    },
  };
}
