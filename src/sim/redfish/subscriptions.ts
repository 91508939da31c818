import { type Answer, collection, type Json, missing, notFound, resource } from './reply.ts';

const path = '/redfish/v1/EventService/Subscriptions';
const settable = [
  'Destination',
  'Protocol',
  'Context',
  'EventTypes',
  'HttpHeaders',
  'SubscriptionType',
  'EventFormatType',
];

/** Who wants to hear of events; nothing is sent to them. */
export class Subscriptions {
  readonly #subscriptions = new Map<string, Json>();
  #made = 0;

  list(): Json {
    return collection(
      path,
      'EventDestination',
      [...this.#subscriptions.keys()].map((id) => `${path}/${id}`),
    );
  }

  show(id: string): Answer {
    const body = this.#subscriptions.get(id);
    return body ? { status: 200, body } : notFound(`${path}/${id}`);
  }

  add(body: Json): Answer {
    if (typeof body.Destination !== 'string') return missing('Destination', 'Subscriptions');
    if (body.Protocol !== 'Redfish') return missing('Protocol', 'Subscriptions');
    this.#made += 1;
    const id = String(this.#made);
    const kept = Object.fromEntries(settable.flatMap((name) => (name in body ? [[name, body[name]]] : [])));
    const shown = resource(`${path}/${id}`, 'EventDestination.v1_9_0.EventDestination', id, `Subscription ${id}`, kept);
    this.#subscriptions.set(id, shown);
    return { status: 201, headers: { Location: `${path}/${id}` }, body: shown };
  }

  remove(id: string): Answer {
    return this.#subscriptions.delete(id) ? { status: 204 } : notFound(`${path}/${id}`);
  }
}
