// How many requests came to each route, how they ended and how long they took. Counted in fixed tables, one for each route
// that was ever asked for: nothing is made anew for a request.

/** Upper ends in milliseconds. */
const ends = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000];
const classes = ['1xx', '2xx', '3xx', '4xx', '5xx'] as const;

/** A declared route: the same object for each request that came to it. */
interface Asked {
  readonly method: string;
  readonly path: string;
}

interface Row {
  readonly method: string;
  readonly route: string;
  readonly statuses: Float64Array;
  /** How many took no longer than the end, and longer than the one before; the last: longer than all. */
  readonly times: Float64Array;
  ms: number;
}

/** A figure as prom-client prints it. */
export interface Figure {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

export class RequestFigures {
  readonly #rows = new Map<Asked | undefined, Row>();

  /** A request was answered; `route` is undefined where it came to none. */
  served(route: Asked | undefined, status: number, ms: number): void {
    let row = this.#rows.get(route);
    if (!row) {
      row = {
        method: route?.method ?? 'any',
        route: route?.path ?? 'none',
        statuses: new Float64Array(classes.length),
        times: new Float64Array(ends.length + 1),
        ms: 0,
      };
      this.#rows.set(route, row);
    }
    const status1 = Math.floor(status / 100) - 1;
    if (status1 >= 0 && status1 < classes.length) row.statuses[status1]!++;
    let at = 0;
    while (at < ends.length && ms > ends[at]!) at++;
    row.times[at]!++;
    row.ms += ms;
  }

  /** Of each route and class of status that was met. */
  requests(): Figure[] {
    return [...this.#rows.values()].flatMap(({ method, route, statuses }) =>
      classes.flatMap((status, n) => (statuses[n] ? [{ value: statuses[n], labels: { method, route, status } }] : [])),
    );
  }

  /** The parts of a histogram under `name`, in seconds. */
  durations(name: string): Figure[] {
    return [...this.#rows.values()].flatMap(({ method, route, times, ms }) => {
      const labels = { method, route };
      let count = 0;
      const buckets: Figure[] = ends.map((end, n) => {
        count += times[n]!;
        return { value: count, labels: { ...labels, le: end / 1000 }, metricName: `${name}_bucket` };
      });
      count += times[ends.length]!;
      return [
        ...buckets,
        { value: count, labels: { ...labels, le: '+Inf' }, metricName: `${name}_bucket` },
        { value: ms / 1000, labels, metricName: `${name}_sum` },
        { value: count, labels, metricName: `${name}_count` },
      ];
    });
  }
}
