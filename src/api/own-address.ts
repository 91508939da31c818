// The address of the service as its client knows it: for links.
import type { IncomingMessage } from 'node:http';

type Asked = Pick<IncomingMessage, 'headers' | 'socket'>;

/** `believed`: a proxy in front says what the client asked (Forwarded, RFC 7239; X-Forwarded-Proto, -Host, -Prefix). */
export function ownAddress({ headers, socket }: Asked, believed: boolean): string {
  const own = { proto: 'encrypted' in socket ? 'https' : 'http', host: headers.host ?? 'localhost', prefix: '' };
  const { proto, host, prefix } = believed ? { ...own, ...told(headers) } : own;
  return `${proto}://${host}${prefix}`;
}

interface Told {
  proto?: string;
  host?: string;
  prefix?: string;
}

const hostShape = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;

function told(headers: Asked['headers']): Told {
  const first = (name: string) => {
    const value = headers[name];
    return (Array.isArray(value) ? value[0] : value)?.split(',')[0]?.trim();
  };
  const forwarded = first('forwarded');
  const pairs = new Map(
    (forwarded ?? '').split(';').map((pair) => {
      const [name = '', value = ''] = pair.split('=', 2);
      return [name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1')] as const;
    }),
  );
  const proto = forwarded === undefined ? first('x-forwarded-proto') : pairs.get('proto');
  const host = forwarded === undefined ? first('x-forwarded-host') : pairs.get('host');
  const prefix = first('x-forwarded-prefix')?.replace(/\/+$/, '');
  // What does not look like what it should be is not believed.
  return {
    ...(/^https?$/i.test(proto ?? '') && { proto: proto!.toLowerCase() }),
    ...(hostShape.test(host ?? '') && { host: host! }),
    ...(/^(\/[\w.~-]+)+$/.test(prefix ?? '') && { prefix: prefix! }),
  };
}
