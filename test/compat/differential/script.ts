// What is asked of the original and of Ingot alike: requests in their order, each with what has to happen before it.
import type { Before, Exchange } from '../judge.ts';

/** A request of a script; `settle` names the node that has to come to rest first. */
export type Line = Pick<Exchange, 'name' | 'request'> & {
  readonly settle?: string;
  readonly before?: readonly Before[];
};

interface More {
  readonly minor?: number | string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly raw?: string;
  readonly settle?: string;
  readonly before?: readonly Before[];
}

/** The lines of one file, written down one after the other. Names are made from what is asked, and told apart by a number. */
export class Script {
  readonly lines: Line[] = [];
  readonly #names = new Map<string, number>();
  #made = 0;
  readonly #salt: string;

  constructor(salt: string) {
    this.#salt = salt;
  }

  /** A UUID that is the same in every run. */
  uuid(): string {
    this.#made++;
    const salt = [...this.#salt].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7);
    const hex = salt.toString(16).padStart(8, '0');
    return `${hex}-0000-4000-8000-${this.#made.toString(16).padStart(12, '0')}`;
  }

  /** A MAC address that no other line names. */
  mac(): string {
    this.#made++;
    const hex = this.#made.toString(16).padStart(6, '0');
    return `52:54:00:${hex.slice(0, 2)}:${hex.slice(2, 4)}:${hex.slice(4)}`;
  }

  /** Write a request down; without `minor` it is asked at the newest version, `null` sends no version at all. */
  ask(method: string, path: string, body?: unknown, more: More = {}): void {
    const { minor = 115, raw } = more;
    const version = minor === null ? {} : { 'X-OpenStack-Ironic-API-Version': named(minor) };
    const carries = body !== undefined || raw !== undefined;
    this.lines.push({
      name: this.#name(`${method} ${path}`, body, minor),
      request: {
        method,
        path,
        headers: {
          ...version,
          Accept: 'application/json',
          ...(carries && { 'Content-Type': 'application/json' }),
          ...more.headers,
        },
        body: raw === undefined ? (body ?? null) : { text: raw },
        ...(raw !== undefined && { raw: true as const }),
      },
      ...(more.settle && { settle: more.settle }),
      ...(more.before && { before: more.before }),
    });
  }

  #name(where: string, body: unknown, minor: number | string | null): string {
    const said = body === undefined ? '' : ` ${JSON.stringify(body)}`;
    const whole = `${where}${said}`.replace(/[0-9a-f]{8}-0000-4000-8000-0*/g, '#').slice(0, 120);
    const at = minor === 115 ? whole : `${whole} @${minor}`;
    const times = (this.#names.get(at) ?? 0) + 1;
    this.#names.set(at, times);
    return times === 1 ? at : `${at} (${times})`;
  }
}

const named = (minor: number | string): string => (typeof minor === 'number' ? `1.${minor}` : minor);
