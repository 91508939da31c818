// Stands before nova-api, passes everything on, and writes down the external events that go through.
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { switchedServer } from '../switched-server.ts';

export interface PassedEvent {
  readonly instance: string;
  readonly tag: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Milliseconds since the epoch: when it came, and when nova had answered. */
  readonly at: number;
  readonly answeredAt: number;
  readonly status: number;
  readonly answer: string;
}

export interface RecordingProxy {
  readonly url: string;
  /** In the order of nova's answers. */
  readonly events: readonly PassedEvent[];
  /** Nobody listens any more, as when nova-api is stopped. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export async function recordingProxy(target: string): Promise<RecordingProxy> {
  const events: PassedEvent[] = [];

  const pass = async (incoming: IncomingMessage, response: ServerResponse) => {
    const at = Date.now();
    const body = await whole(incoming);
    const { method, url, headers } = incoming;
    const upstream = request(new URL(url!, target), { method: method!, headers: { ...headers, connection: 'close' } });
    upstream.on('error', () => incoming.socket.destroy());
    upstream.on('response', async (reply) => {
      const answer = await whole(reply);
      if (method === 'POST' && url!.endsWith('/os-server-external-events')) {
        const passed = { headers, body, at, answeredAt: Date.now(), status: reply.statusCode!, answer };
        events.push({ ...eventIn(body), ...passed });
      }
      response.writeHead(reply.statusCode!, { ...reply.headers, connection: 'close' }).end(answer);
    });
    upstream.end(body);
  };
  const { port, up, down } = await switchedServer((incoming, response) => void pass(incoming, response));
  return { url: `http://127.0.0.1:${port}`, events, up, down };
}

async function whole(stream: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function eventIn(body: string): { instance: string; tag: string } {
  const { events } = JSON.parse(body) as { events: { server_uuid: string; tag: string }[] };
  return { instance: events[0]!.server_uuid, tag: events[0]!.tag };
}
