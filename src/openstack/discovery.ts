// Which URL below an endpoint speaks the version that is wanted: asked only where the endpoint does not say so itself.
import type { Http } from './http.ts';

interface VersionDocument {
  readonly versions?: readonly { id?: string; status?: string; links?: readonly { rel?: string; href?: string }[] }[];
}

const majorIn = /\/v(\d+(?:\.\d+)?)(\/|$)/;

/**
 * The base URL for `version` at a catalogue's endpoint: the endpoint itself where its path names that version, else what
 * the version document at the service's root says, else `v<version>` below the root. Throws ServiceUnreachable.
 */
export async function baseFor(http: Http, endpoint: string, version: string, signal?: AbortSignal): Promise<string> {
  const named = majorIn.exec(new URL(endpoint).pathname);
  if (named && fits(named[1]!, version)) return endpoint;
  const root = rootOf(endpoint);
  const reply = await http.send({
    method: 'GET',
    url: `${root}/`,
    headers: { Accept: 'application/json' },
    ...(signal && { signal }),
  });
  const listed = linkIn(reply.text, version);
  // A service behind a proxy names hosts of its own; only the path of its link is taken.
  return listed ? new URL(new URL(listed, `${root}/`).pathname, root).href : `${root}/v${version}`;
}

/** `2.1` is spoken by 2.1 and its minors; `2` by any 2. */
const fits = (found: string, wanted: string): boolean =>
  found === wanted ||
  (!wanted.includes('.') && found.split('.')[0] === wanted) ||
  (wanted.endsWith('.0') && found === wanted.slice(0, -2));

/** The endpoint up to its version, or all of it. */
function rootOf(endpoint: string): string {
  const url = new URL(endpoint);
  const at = majorIn.exec(url.pathname)?.index;
  const path = at === undefined ? url.pathname : url.pathname.slice(0, at);
  return `${url.origin}${path.replace(/\/+$/, '')}`;
}

function linkIn(text: string, version: string): string | undefined {
  let document: VersionDocument;
  try {
    document = JSON.parse(text) as VersionDocument;
  } catch {
    return undefined;
  }
  if (!Array.isArray(document?.versions)) return undefined;
  const one = (document as Required<VersionDocument>).versions.find(({ id }) =>
    fits(String(id).replace(/^v/, ''), version),
  );
  return one?.links?.find(({ rel }) => rel === 'self')?.href;
}
