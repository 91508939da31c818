// Microversions: which there are, and what the version headers of a request ask for. A version 1.N is written N everywhere.
import { UnsupportedVersion } from './errors.ts';
import { history } from './history.ts';

export const lowest = 1;
export const latest: number = history.length;

/** 1.N as clients write it. */
export const versionText = (minor: number): string => `1.${minor}`;

export const versionHeaders = {
  asked: 'x-openstack-ironic-api-version',
  lowest: 'x-openstack-ironic-api-minimum-version',
  latest: 'x-openstack-ironic-api-maximum-version',
  unified: 'openstack-api-version',
} as const;

/** The header of OpenStack's own spelling: `baremetal 1.N`, perhaps among those of other services, separated by commas. */
function unified(value: string | undefined): string | undefined {
  for (const entry of value?.split(',') ?? []) {
    const [service, version] = entry.trim().split(/\s+/);
    if (service?.toLowerCase() === 'baremetal') return version;
  }
  return undefined;
}

/**
 * The minor version that the two headers ask for. None, or an empty one, means the lowest. Throws UnsupportedVersion (406).
 * OpenStack's common header goes before Ironic's own. compat: blanks and a plus sign within a version say nothing.
 */
export function minorAsked(own: string | undefined, common?: string): number {
  const text = (unified(common) || own?.trim() || '').toLowerCase();
  if (text === '') return lowest;
  if (text === 'latest') return latest;
  const parts = /^([+-]?\d{1,9})\s*\.\s*(\+?\d{1,9})$/.exec(text);
  const accepted = `accepted are ${versionText(lowest)} to ${versionText(latest)} and "latest"`;
  if (!parts) throw new UnsupportedVersion({ why: `"${text}" is not an API version; ${accepted}.` });
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  if (major !== 1 || minor < lowest || minor > latest)
    throw new UnsupportedVersion({ why: `API version ${text} is not served; ${accepted}.` });
  return minor;
}
