// Ranges and conditions of a request for a file. RFC 9110 §13 and §14.

export interface FileFacts {
  readonly size: number;
  readonly etag: string;
  readonly modified: Date | undefined;
}

export interface RequestHeads {
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
  readonly 'if-modified-since'?: string | undefined;
}

/** Bytes `from` up to but not including `to`. */
export type FileAnswer =
  | { readonly status: 200 | 206; readonly from: number; readonly to: number }
  | { readonly status: 304 | 416 };

export const etagOf = (size: number, modified: Date | undefined): string =>
  `"${size.toString(16)}-${(modified?.getTime() ?? 0).toString(16)}"`;

/** What to send of a file. Several ranges at once are answered with the whole file, as RFC 9110 §14.2 allows. */
export function answerFor(heads: RequestHeads, file: FileFacts): FileAnswer {
  if (unchanged(heads, file)) return { status: 304 };
  const whole: FileAnswer = { status: 200, from: 0, to: file.size };
  const asked = heads.range;
  if (asked === undefined || !sameAs(heads['if-range'], file)) return whole;
  const [, first, last] = /^bytes=\s*(\d{0,15})-(\d{0,15})\s*$/.exec(asked) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return whole;
  if (first === '') {
    const length = Math.min(Number(last), file.size);
    return length === 0 ? { status: 416 } : { status: 206, from: file.size - length, to: file.size };
  }
  const from = Number(first);
  if (last !== '' && Number(last) < from) return whole; // not a range at all
  if (from >= file.size) return { status: 416 };
  return { status: 206, from, to: last === '' ? file.size : Math.min(Number(last) + 1, file.size) };
}

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

function unchanged(heads: RequestHeads, file: FileFacts): boolean {
  const tags = heads['if-none-match'];
  if (tags !== undefined)
    return tags.trim() === '*' || tags.split(',').some((tag) => weakly(tag) === weakly(file.etag));
  const since = heads['if-modified-since'];
  const date = since === undefined ? Number.NaN : Date.parse(since);
  return file.modified !== undefined && !Number.isNaN(date) && seconds(file.modified) <= date / 1000;
}

const weakly = (tag: string): string => tag.trim().replace(/^W\//, '');

function sameAs(condition: string | undefined, file: FileFacts): boolean {
  if (condition === undefined) return true;
  if (/^(W\/)?"/.test(condition)) return condition === file.etag;
  return file.modified !== undefined && seconds(file.modified) === Date.parse(condition) / 1000;
}
