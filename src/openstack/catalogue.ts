// The catalogue that comes with a token, and which of its endpoints is meant.

export interface Endpoint {
  readonly type: string;
  readonly name: string | null;
  readonly interface: string;
  readonly region: string | null;
  readonly url: string;
}

interface CatalogueEntry {
  readonly type?: string;
  readonly name?: string;
  readonly endpoints?: readonly { interface?: string; region?: string; region_id?: string; url?: string }[];
}

/** The endpoints of the `catalog` of a token (Identity API v3). */
export function endpointsOf(catalog: unknown): Endpoint[] {
  if (!Array.isArray(catalog)) return [];
  return (catalog as CatalogueEntry[]).flatMap(({ type, name, endpoints }) =>
    (endpoints ?? []).flatMap((one) =>
      type && one.url
        ? [
            {
              type,
              name: name ?? null,
              interface: one.interface ?? 'public',
              region: one.region_id ?? one.region ?? null,
              url: one.url,
            },
          ]
        : [],
    ),
  );
}

export interface Wanted {
  readonly service_type: string | null;
  readonly service_name: string | null;
  /** The preferred one first. */
  readonly valid_interfaces: readonly string[];
  readonly region_name: string | null;
}

/** `publicURL` of old catalogues is `public`. */
const interfaceOf = (name: string): string => name.toLowerCase().replace(/url$/, '');

/** The URL of the first endpoint of the first interface that fits; undefined where none does. */
export function pickEndpoint(endpoints: readonly Endpoint[], wanted: Wanted): string | undefined {
  const fits = endpoints.filter(
    (one) =>
      (!wanted.service_type || one.type === wanted.service_type) &&
      (!wanted.service_name || one.name === wanted.service_name) &&
      (!wanted.region_name || one.region === wanted.region_name),
  );
  for (const name of wanted.valid_interfaces) {
    const found = fits.find((one) => interfaceOf(one.interface) === interfaceOf(name));
    if (found) return found.url;
  }
  return undefined;
}
