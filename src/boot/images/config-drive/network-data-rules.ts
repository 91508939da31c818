// What network data must look like, as tables: links, networks, routes and services by their type.

import { isIPv6 } from 'node:net';

type Check = (value: unknown) => string | undefined;

interface Shape {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
}

const when =
  (fine: (value: unknown) => boolean, otherwise: string): Check =>
  (value) =>
    fine(value) ? undefined : otherwise;

const isText = (value: unknown): value is string => typeof value === 'string';
const isV4 = (text: string): boolean =>
  /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) <= 255);

const text = when(isText, 'is not text');
const integer = when(Number.isInteger, 'is not a whole number');
const list = when(Array.isArray, 'is not a list');
const texts = when((v) => Array.isArray(v) && v.every(isText), 'is not a list of texts');
const mac = when((v) => isText(v) && /^([0-9A-F]{2}[:-]){5}[0-9A-F]{2}$/i.test(v), 'is not a MAC address');
const mtu = when((v) => v === null || (typeof v === 'number' && v >= 1 && v <= 65535), 'is not null or 1 to 65535');
const v4 = when((v) => isText(v) && isV4(v), 'is not an IPv4 address');
const v6 = when((v) => isText(v) && isIPv6(v), 'is not an IPv6 address');
const v6Host = when((v) => isText(v) && isIPv6(v.replace(/\/\d{1,3}$/, '')), 'is not an IPv6 address');
const v4Mask = when((v) => isText(v) && isV4(v) && /^1*0*$/.test(bits(v)), 'is not an IPv4 netmask');
const oneOf = (...words: string[]): Check =>
  when((v) => isText(v) && words.includes(v), `is not one of ${words.join(', ')}`);

function bits(address: string): string {
  return address
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
}

const bondModes = ['802.3ad', 'balance-rr', 'active-backup', 'balance-xor', 'broadcast', 'balance-tlb', 'balance-alb'];

const physical: Shape = { required: { id: text, ethernet_mac_address: mac }, optional: { mtu, vif_id: text } };
const bond: Shape = {
  required: { id: text, ethernet_mac_address: mac, bond_mode: oneOf(...bondModes), bond_links: texts },
  optional: { mtu, vif_id: text },
};
const vlan: Shape = {
  required: { id: text, vlan_mac_address: mac, vlan_link: text, vlan_id: integer },
  optional: { mtu, vif_id: text },
};
const physicalTypes = ['bridge', 'dvs', 'hw_veb', 'hyperv', 'ovs', 'tap', 'vhostuser', 'vif', 'phy'];
const linkShapes: Readonly<Record<string, Shape>> = {
  ...Object.fromEntries(physicalTypes.map((type) => [type, physical])),
  bond,
  vlan,
};

const network = (address: Check, mask: Check): Shape => ({
  required: { id: text, link: text, network_id: text },
  optional: { ip_address: address, netmask: mask, routes: list },
});
const routes = {
  ipv4: { required: { network: v4, netmask: v4Mask, gateway: v4 }, optional: { services: list } },
  ipv6: { required: { network: v6, netmask: v6, gateway: v6 }, optional: { services: list } },
} as const satisfies Record<string, Shape>;
const networkShapes: Readonly<Record<string, Shape>> = {
  ipv4: network(v4, v4Mask),
  ipv4_dhcp: network(v4, v4Mask),
  ipv6: network(v6Host, v6),
  ipv6_dhcp: network(v6Host, v6),
  ipv6_slaac: network(v6Host, v6),
};
const dns: Shape = { required: { address: when((v) => isText(v) && (isV4(v) || isIPv6(v)), 'is not an IP address') } };

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function* shapeProblems(item: Record<string, unknown>, shape: Shape, at: string): Generator<string> {
  for (const [key, check] of Object.entries(shape.required)) {
    if (!Object.hasOwn(item, key)) yield `${at}.${key} is missing`;
    else {
      const problem = check(item[key]);
      if (problem) yield `${at}.${key} ${problem}`;
    }
  }
  for (const [key, check] of Object.entries(shape.optional ?? {})) {
    const problem = Object.hasOwn(item, key) ? check(item[key]) : undefined;
    if (problem) yield `${at}.${key} ${problem}`;
  }
}

function* itemProblems(item: unknown, shapes: Readonly<Record<string, Shape>>, at: string): Generator<string> {
  if (!isObject(item)) return yield `${at} is not an object`;
  const type = item.type;
  const shape = isText(type) && Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (shape) yield* shapeProblems(item, shape, at);
  else yield `${at}.type is not one of ${Object.keys(shapes).join(', ')}`;
}

const listIn = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

function* routeProblems(item: unknown, at: string): Generator<string> {
  if (!isObject(item) || !isText(item.type)) return;
  const shape = item.type.startsWith('ipv4') ? routes.ipv4 : routes.ipv6;
  for (const [n, route] of listIn(item.routes).entries()) {
    if (!isObject(route)) yield `${at}.routes[${n}] is not an object`;
    else {
      yield* shapeProblems(route, shape, `${at}.routes[${n}]`);
      for (const [m, service] of listIn(route.services).entries()) {
        yield* itemProblems(service, { dns }, `${at}.routes[${n}].services[${m}]`);
      }
    }
  }
}

/** Everything that is wrong with network data, each as a sentence that begins with its place; none when it is fine. */
export function networkDataProblems(data: unknown): string[] {
  if (!isObject(data)) return ['network_data is not an object'];
  const found: string[] = [];
  const parts = [
    ['links', linkShapes],
    ['networks', networkShapes],
    ['services', { dns }],
  ] as const;
  for (const [key, shapes] of parts) {
    if (!Array.isArray(data[key])) found.push(`${key} ${key in data ? 'is not a list' : 'is missing'}`);
    for (const [n, item] of listIn(data[key]).entries()) {
      found.push(...itemProblems(item, shapes, `${key}[${n}]`));
      if (key === 'networks') found.push(...routeProblems(item, `${key}[${n}]`));
    }
  }
  return found;
}
