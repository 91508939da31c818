// Where a command writes: results to standard output, everything else to standard error.

/** One end of the program's text. */
export interface Sink {
  write(text: string): void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

export interface Screen {
  readonly out: Sink;
  readonly err: Sink;
  /** Whether `out` and `err` may be coloured. */
  readonly colours: { readonly out: boolean; readonly err: boolean };
}

type Env = Readonly<Record<string, string | undefined>>;

/** The screen of a process. Colours only on a terminal, and never where NO_COLOR is set (no-color.org). */
export function screenOf(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream, env: Env): Screen {
  const mayColour = !env.NO_COLOR && env.TERM !== 'dumb';
  return {
    out: sinkOf(stdout),
    err: sinkOf(stderr),
    colours: { out: mayColour && stdout.isTTY === true, err: mayColour && stderr.isTTY === true },
  };
}

function sinkOf(stream: NodeJS.WriteStream): Sink {
  // A reader that went away (`| head`) ends our writing, not our work.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || 100; // 0 where the terminal does not know
    },
  };
}

const codes = { red: 31, green: 32, yellow: 33, blue: 34, grey: 90, bold: 1 } as const;
export type Colour = keyof typeof codes;

/** `text` in a colour, or as it is where colours are off. */
export const paint = (on: boolean, colour: Colour, text: string): string =>
  on ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text;

/** The colour that says how a node fares in a provision state. */
export function colourOfState(state: string): Colour {
  if (/failed|error/.test(state)) return 'red';
  if (state === 'active' || state === 'available') return 'green';
  if (/ing$|wait|hold/.test(state)) return 'yellow';
  return 'blue';
}
