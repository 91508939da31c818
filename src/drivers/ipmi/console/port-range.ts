// Which TCP ports consoles may take ([console]port_range).
import { InvalidParameterValue } from '#contract/errors.ts';

/** The ports of ranges such as "10000:20000", both ends included, in their order. Throws InvalidParameterValue. */
export function* portsOf(ranges: readonly string[]): Generator<number> {
  for (const [first, last] of ranges.map(endsOf)) for (let port = first; port <= last; port++) yield port;
}

function endsOf(range: string): readonly [number, number] {
  const [, first, last] = /^\s*(\d{1,5})\s*(?::\s*(\d{1,5})\s*)?$/.exec(range) ?? [];
  const ends = [Number(first), Number(last ?? first)] as const;
  if (!(ends[0] >= 1 && ends[0] <= ends[1] && ends[1] <= 65_535))
    throw new InvalidParameterValue({
      why: `[console]port_range has "${range}", which is no range of ports such as 10000:20000.`,
    });
  return ends;
}
