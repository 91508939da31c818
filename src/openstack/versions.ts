// Major API versions as services name them: in paths, in version documents (api-ref, "Versions"), in options.

/** A minor that is not known or does not matter is the highest there may be. */
export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** Both ends count; undefined: no end. */
export interface Range {
  readonly min: Version | undefined;
  readonly max: Version | undefined;
}

const most = Number.POSITIVE_INFINITY;

/** `v2.1`, `2`, `2.latest`, `latest`; undefined for anything else. */
export function versionIn(text: string): Version | undefined {
  if (/^v?latest$/i.test(text)) return { major: most, minor: most };
  const [, major, minor] = /^v?(\d+)(?:\.(\d+|latest))?$/i.exec(text.trim()) ?? [];
  if (major === undefined) return undefined;
  return {
    major: Number(major),
    minor: minor === undefined ? 0 : minor.toLowerCase() === 'latest' ? most : Number(minor),
  };
}

const compare = (a: Version, b: Version): number =>
  a.major === b.major ? (a.minor === b.minor ? 0 : a.minor - b.minor) : a.major - b.major;

export const within = (version: Version, { min, max }: Range): boolean =>
  (!min || compare(version, min) >= 0) && (!max || compare(version, max) <= 0);

/** What speaks `version`: the same major with that minor or a later one. */
export const speaking = (version: Version): Range => ({ min: version, max: { major: version.major, minor: most } });

/** Whether only the service can say which version is meant. */
export const isOpen = ({ max }: Range): boolean => max?.major === most;

const inPath = /\/(v\d+(?:\.\d+)?)(?=\/|$)/;

/** A URL taken apart at the version in its path. */
export interface Parts {
  /** Up to the version, without a slash at the end. */
  readonly root: string;
  readonly version: Version | undefined;
  /** After the version: nothing, or a path that begins with a slash. */
  readonly tail: string;
}

export function partsOf(url: string): Parts {
  const { origin, pathname } = new URL(url);
  const path = pathname.replace(/\/+$/, '');
  const found = inPath.exec(path);
  if (!found) return { root: origin + path, version: undefined, tail: '' };
  return {
    root: origin + path.slice(0, found.index),
    version: versionIn(found[1]!),
    tail: path.slice(found.index + found[0].length),
  };
}

export interface Offered {
  readonly version: Version;
  /** As the service writes it. */
  readonly name: string;
  readonly href: string | undefined;
}

interface Entry {
  readonly id?: unknown;
  readonly links?: readonly { rel?: string; href?: string }[];
}

/** The versions in a version document, in whichever of its forms; undefined where the text is none. */
export function offeredIn(text: string): Offered[] | undefined {
  let document: { versions?: unknown; version?: unknown };
  try {
    document = JSON.parse(text) as typeof document;
  } catch {
    return undefined;
  }
  const listed = [document?.versions, (document?.versions as { values?: unknown } | undefined)?.values];
  const entries = listed.find(Array.isArray) ?? (document?.version ? [document.version] : undefined);
  return (entries as (Entry | null)[] | undefined)?.flatMap((entry) => {
    const name = String(entry?.id ?? '');
    const version = versionIn(name);
    const links = Array.isArray(entry?.links) ? entry.links : [];
    return version ? [{ version, name, href: links.find(({ rel }) => rel === 'self')?.href }] : [];
  });
}

/** The highest of the versions that is in the range. */
export const highest = (offered: readonly Offered[], range: Range): Offered | undefined =>
  offered.filter(({ version }) => within(version, range)).sort((a, b) => compare(b.version, a.version))[0];
