// Links to resources: each with itself below /v1 and a bookmark without version.

export interface Link {
  readonly href: string;
  readonly rel: 'self' | 'bookmark';
}

/** The two links of what lies at `path` (below /v1/) of the service at `base`. */
export const linksOf = (base: string, path: string): Link[] => [
  { href: `${base}/v1/${path}`, rel: 'self' },
  { href: `${base}/${path}`, rel: 'bookmark' },
];
