// Which pages of other origins may call the API ([cors], WHATWG Fetch §3.2): what a browser asks before, and is told after.
import type { IncomingHttpHeaders } from 'node:http';

export interface CorsSettings {
  /** `*` for all. */
  readonly allowedOrigins: readonly string[];
  readonly allowCredentials: boolean;
  readonly exposeHeaders: readonly string[];
  readonly maxAgeSeconds: number;
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  /** The same for other origins, each with its own. */
  readonly more?: readonly CorsSettings[];
}

/** Headers that pages may always send: the ones of this API beside those that every page may. */
const ownHeaders = [
  'accept',
  'accept-language',
  'content-language',
  'content-type',
  'x-auth-token',
  'x-openstack-ironic-api-version',
  'openstack-api-version',
  'x-openstack-request-id',
];

/** Headers of replies that pages may always read. */
const readable = [
  'Location',
  'X-OpenStack-Request-Id',
  'X-OpenStack-Ironic-API-Version',
  'X-OpenStack-Ironic-API-Minimum-Version',
  'X-OpenStack-Ironic-API-Maximum-Version',
];

type Asked = { readonly method: string; readonly headers: IncomingHttpHeaders };
type Told = Readonly<Record<string, string>>;

/** Whether this is a browser's question whether it may ask. */
export const isPreflight = ({ method, headers }: Asked): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** The headers that tell a browser what a page may do; none where it may do nothing. */
export function corsHeaders(all: CorsSettings, asked: Asked): Told {
  const settings = settingsFor(all, asked.headers.origin);
  const origin = allowedOrigin(settings, asked.headers.origin);
  if (origin === undefined) return {};
  const told = {
    'Access-Control-Allow-Origin': origin,
    Vary: 'Origin',
    // Nobody may send credentials from everywhere.
    ...(settings.allowCredentials && origin !== '*' && { 'Access-Control-Allow-Credentials': 'true' }),
  };
  if (!isPreflight(asked))
    return { ...told, 'Access-Control-Expose-Headers': [...readable, ...settings.exposeHeaders].join(',') };
  const method = String(asked.headers['access-control-request-method']).toUpperCase();
  const wanted = String(asked.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter(Boolean);
  const headers = new Set([...ownHeaders, ...settings.allowHeaders.map((name) => name.toLowerCase())]);
  if (!settings.allowMethods.includes(method) || !wanted.every((name) => headers.has(name))) return {};
  return {
    ...told,
    'Access-Control-Allow-Methods': method,
    'Access-Control-Max-Age': String(settings.maxAgeSeconds),
    ...(wanted.length > 0 && { 'Access-Control-Allow-Headers': wanted.join(',') }),
  };
}

/** Those that name the origin come before those that take any. */
function settingsFor(all: CorsSettings, origin: string | undefined): CorsSettings {
  if (!all.more?.length || origin === undefined) return all;
  const sections = [all, ...all.more];
  const naming = (name: string) => sections.find(({ allowedOrigins }) => allowedOrigins.includes(name));
  return naming(origin) ?? naming('*') ?? all;
}

function allowedOrigin({ allowedOrigins }: CorsSettings, origin: string | undefined): string | undefined {
  if (origin === undefined) return undefined;
  if (allowedOrigins.includes(origin)) return origin;
  return allowedOrigins.includes('*') ? '*' : undefined;
}
