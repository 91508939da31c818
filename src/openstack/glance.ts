// Glance as a client: the record of an image, and where its content is. (Image API v2)
import { defineError } from '#base/errors.ts';
import type { Adapter } from './adapter.ts';

/** The record of an image, with the names of the Image API. */
export type GlanceImage = Readonly<Record<string, unknown>>;

export interface Glance {
  /** undefined where there is no such image, or none that we may see. Throws GlanceRefused and what the adapter throws. */
  image(id: string, signal?: AbortSignal): Promise<GlanceImage | undefined>;
  /** Where the content is fetched, and with which headers. */
  content(id: string, signal?: AbortSignal): Promise<{ url: string; headers: Readonly<Record<string, string>> }>;
}

/** Glance answered with something else than a record. */
export const GlanceRefused = defineError(
  'GlanceConnectionFailed',
  503,
  (p: { id: string; status: number; why: string }) =>
    `Glance does not tell of the image ${p.id} (HTTP ${p.status}): ${p.why || 'it says no more'}`,
);

/** The version of the paths below; an endpoint may end in it or not. */
export const glanceVersion = '2';

export function glanceClient(adapter: Adapter): Glance {
  const path = (id: string): string => `/images/${encodeURIComponent(id)}`;
  return {
    async image(id, signal) {
      const headers = { Accept: 'application/json' };
      const { status, text } = await adapter.request({
        method: 'GET',
        path: path(id),
        headers,
        ...(signal && { signal }),
      });
      if (status === 404) return undefined;
      const image = status === 200 ? recordIn(text) : undefined;
      if (!image) throw new GlanceRefused({ id, status, why: text.slice(0, 300) });
      return image;
    },
    content: (id, signal) => adapter.address(`${path(id)}/file`, signal),
  };
}

function recordIn(text: string): GlanceImage | undefined {
  try {
    const record = JSON.parse(text) as GlanceImage | null;
    return typeof record?.id === 'string' ? record : undefined;
  } catch {
    return undefined;
  }
}

/** compat: an `endpoint_override` is used as it is, and operators name glance's root there. */
export const glanceEndpoint = (override: string | null): string | null =>
  override && !/\/v2\/?$/.test(override) ? `${override.replace(/\/+$/, '')}/v2` : override;
