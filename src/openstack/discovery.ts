// Which URL speaks the version that is wanted: told by the URL itself, or asked of the service.
import { AuthMisconfigured, AuthRefused, NoVersion } from './errors.ts';
import type { Answer, Http } from './http.ts';
import {
  highest,
  isOpen,
  type Offered,
  offeredIn,
  partsOf,
  type Range,
  speaking,
  versionIn,
  within,
} from './versions.ts';

export interface Base {
  readonly url: string;
  /** false: the service did not say, and may the next time. */
  readonly sure: boolean;
}

interface Wanted {
  readonly section: string;
  readonly range: Range;
  /** How the range was asked for. */
  readonly named: string;
}

/**
 * Where the wanted version of a service is, by its endpoint in the catalogue: the endpoint itself where its path names a
 * version that will do, else what the version document at the service's root says. Throws ServiceUnreachable or NoVersion.
 */
export async function baseFor(http: Http, endpoint: string, wanted: Wanted, signal?: AbortSignal): Promise<Base> {
  const { section, range, named } = wanted;
  const { root, version, tail } = partsOf(endpoint);
  if (version && within(version, range) && !isOpen(range)) return { url: endpoint, sure: true };
  const url = `${root}/`;
  const offered = offeredIn((await look(http, url, signal)).text);
  if (!offered?.length) {
    const exact = range.min && range.max?.major === range.min.major ? `${root}/v${named.replace(/^v/, '')}` : endpoint;
    return { url: exact, sure: false };
  }
  const one = highest(offered, range);
  if (!one) throw new NoVersion({ section, url, wanted: named, found: offered.map(({ name }) => name).join(', ') });
  return { url: linkOf(one, root) + tail, sure: true };
}

const identityVersion = speaking(versionIn('3')!);

/**
 * Where version 3 of the identity service is, by `auth_url`: what the service says there, or the URL itself where it names
 * that version. Throws ServiceUnreachable, AuthRefused or AuthMisconfigured.
 */
export async function identityAt(http: Http, section: string, authUrl: string, signal?: AbortSignal): Promise<string> {
  const url = authUrl.replace(/\/+$/, '');
  const { root, version } = partsOf(url);
  const answer = await look(http, url, signal);
  const offered = offeredIn(answer.text);
  const one = offered && highest(offered, identityVersion);
  if (one) return linkOf(one, root);
  if (offered?.length) {
    const why = `auth_url ${url} offers ${offered.map(({ name }) => name).join(', ')}, and version 3 is needed`;
    throw new AuthMisconfigured({ section, why });
  }
  if (version?.major === 3) return url;
  const said = answer.text.slice(0, 200) || 'nothing';
  if (answer.status >= 500) throw new AuthRefused({ url, section, status: answer.status, why: said });
  const why = `auth_url ${url} is no identity service: GET answered ${answer.status} and ${said}`;
  throw new AuthMisconfigured({ section, why });
}

const look = (http: Http, url: string, signal: AbortSignal | undefined): Promise<Answer> =>
  http.send({ method: 'GET', url, headers: { Accept: 'application/json' }, ...(signal && { signal }) });

/** A service behind a proxy names hosts of its own; only the path of its link is taken. */
function linkOf({ href, name }: Offered, root: string): string {
  if (!href) return `${root}/${name}`;
  const { pathname } = new URL(href, `${root}/`);
  return new URL(root).origin + pathname.replace(/\/+$/, '');
}
