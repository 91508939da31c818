// Capabilities of a node as they are kept: `properties.capabilities`, a text of `name:value` pairs.
import { capabilitiesOf } from '../boot-mode.ts';

type Properties = Readonly<Record<string, unknown>>;

const text = (pairs: Readonly<Record<string, unknown>>): string =>
  Object.entries(pairs)
    .map(([name, value]) => `${name}:${String(value)}`)
    .join(',');

/** The properties with these capabilities in them; the others stay. */
export function withCapabilities(properties: Properties, more: Readonly<Record<string, unknown>>): Properties {
  if (!Object.keys(more).length) return properties;
  return { ...properties, capabilities: text({ ...capabilitiesOf(properties.capabilities), ...more }) };
}

/** The properties without that capability; the same where it is not there. */
export function withoutCapability(properties: Properties, name: string): Properties {
  const { [name]: gone, ...left } = capabilitiesOf(properties.capabilities);
  return gone === undefined ? properties : { ...properties, capabilities: text(left) };
}
