// Plays nova's server-external-events: writes down what it is told, and answers as a test wants.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { switchedServer } from './switched-server.ts';

export interface ToldEvent {
  readonly instance: string;
  readonly tag: string;
}

export interface RecordedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  /** performance.now() when its body had come. */
  readonly at: number;
}

/** `hang` never answers; `reset` breaks the connection off. */
export type Behaviour = { status: number; body: string; headers?: Record<string, string> } | 'well' | 'hang' | 'reset';

export interface NovaRecorder {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** What was taken as told (answered well), in its order. */
  readonly told: readonly ToldEvent[];
  /** Whether two requests for one instance were ever under way at once, and how many were at most. */
  readonly overlapped: boolean;
  readonly mostAtOnce: number;
  behave(behaviour: Behaviour | ((event: ToldEvent, nth: number) => Behaviour)): void;
  /** Answers come so many milliseconds late. */
  late(ms: number): void;
  /** The last state told of an instance. */
  stateOf(instance: string): string | undefined;
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

export async function novaRecorder(): Promise<NovaRecorder> {
  const requests: RecordedRequest[] = [];
  const told: ToldEvent[] = [];
  const underWay = new Map<string, number>();
  let behaviour: (event: ToldEvent, nth: number) => Behaviour = () => 'well';
  let delay = 0;
  let overlapped = false;
  let mostAtOnce = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push({
      method: request.method!,
      url: request.url!,
      headers: request.headers as Record<string, string>,
      body,
      at: performance.now(),
    });
    const event = eventIn(body);
    const { instance } = event;
    underWay.set(instance, (underWay.get(instance) ?? 0) + 1);
    overlapped ||= underWay.get(instance)! > 1;
    mostAtOnce = Math.max(
      mostAtOnce,
      [...underWay.values()].reduce((a, b) => a + b, 0),
    );
    response.once('close', () => underWay.set(instance, underWay.get(instance)! - 1));
    const how = behaviour(event, requests.length);
    if (delay) await new Promise((resolve) => setTimeout(resolve, delay));
    if (how === 'hang') return;
    if (how === 'reset') return void request.socket.destroy();
    if (how === 'well') {
      told.push(event);
      const answered = { name: 'power-update', server_uuid: instance, tag: event.tag, status: 'completed', code: 200 };
      return void response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ events: [answered] }));
    }
    response.writeHead(how.status, { 'Content-Type': 'application/json', ...how.headers }).end(how.body);
  };

  const { port, up, down } = await switchedServer((request, response) => void serve(request, response));
  return {
    url: `http://127.0.0.1:${port}/v2.1`,
    requests,
    told,
    get overlapped() {
      return overlapped;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    behave(how) {
      behaviour = typeof how === 'function' ? how : () => how;
    },
    late(ms) {
      delay = ms;
    },
    stateOf: (instance) => told.findLast((event) => event.instance === instance)?.tag,
    down,
    up,
    close: down,
  };
}

function eventIn(body: string): ToldEvent {
  try {
    const { events } = JSON.parse(body) as { events: { server_uuid: string; tag: string }[] };
    return { instance: events[0]!.server_uuid, tag: events[0]!.tag };
  } catch {
    return { instance: '', tag: '' };
  }
}
