// What a user of nova and glance does here: a flavor, an image, servers.

export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly 'OS-EXT-STS:power_state': number;
  readonly 'OS-EXT-STS:vm_state': string;
  readonly 'OS-EXT-STS:task_state': string | null;
  readonly 'OS-EXT-SRV-ATTR:hypervisor_hostname': string | null;
  readonly fault?: { message: string; details?: string };
}

export interface NovaClient {
  /** A flavor for one node of that resource class. */
  flavor(resourceClass: string): Promise<string>;
  image(name: string, content: Uint8Array): Promise<string>;
  boot(order: { name: string; flavor: string; image: string }): Promise<string>;
  server(id: string): Promise<Server>;
  /** Whether nova has no such server any more. */
  isGone(id: string): Promise<boolean>;
  act(id: string, action: Readonly<Record<string, unknown>>): Promise<void>;
  delete(id: string): Promise<void>;
  /** How many nodes of a resource class nova could give away now. */
  free(resourceClass: string): Promise<number>;
}

export interface ClientPlaces {
  readonly nova: string;
  readonly glance: string;
  readonly placement: string;
  readonly token: string;
}

const versions = { 'OpenStack-API-Version': 'compute 2.79, placement 1.30' };

export function novaClient({ nova, glance, placement, token }: ClientPlaces): NovaClient {
  const send = async (method: string, url: string, body?: unknown): Promise<Response> => {
    const headers = { 'X-Auth-Token': token, ...versions };
    if (body === undefined) return fetch(url, { method, headers });
    const type = body instanceof Uint8Array ? 'application/octet-stream' : 'application/json';
    const content = body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body);
    return fetch(url, { method, headers: { ...headers, 'Content-Type': type }, body: content });
  };
  const call = async <T>(method: string, url: string, body?: unknown): Promise<T> => {
    const reply = await send(method, url, body);
    const text = await reply.text();
    if (!reply.ok) throw new Error(`${method} ${url}: HTTP ${reply.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
  return {
    async flavor(resourceClass) {
      const asked = { name: resourceClass, ram: 1024, vcpus: 1, disk: 10 };
      const { flavor } = await call<{ flavor: { id: string } }>('POST', `${nova}/flavors`, { flavor: asked });
      const extra_specs = {
        [`resources:${resourceOf(resourceClass)}`]: '1',
        'resources:VCPU': '0',
        'resources:MEMORY_MB': '0',
        'resources:DISK_GB': '0',
      };
      await call('POST', `${nova}/flavors/${flavor.id}/os-extra_specs`, { extra_specs });
      return flavor.id;
    },
    async image(name, content) {
      const asked = { name, disk_format: 'raw', container_format: 'bare' };
      const { id } = await call<{ id: string }>('POST', `${glance}/v2/images`, asked);
      await call('PUT', `${glance}/v2/images/${id}/file`, content);
      return id;
    },
    async boot({ name, flavor, image }) {
      const server = { name, flavorRef: flavor, imageRef: image, networks: 'none' };
      return (await call<{ server: { id: string } }>('POST', `${nova}/servers`, { server })).server.id;
    },
    server: async (id) => (await call<{ server: Server }>('GET', `${nova}/servers/${id}`)).server,
    isGone: async (id) => (await send('GET', `${nova}/servers/${id}`)).status === 404,
    act: (id, action) => call('POST', `${nova}/servers/${id}/action`, action),
    delete: (id) => call('DELETE', `${nova}/servers/${id}`),
    free: async (resourceClass) => {
      const path = `${placement}/resource_providers?resources=${resourceOf(resourceClass)}:1`;
      const { resource_providers: found } = await call<{ resource_providers: { uuid: string }[] }>('GET', path);
      // Only those whose host has been found can be scheduled to.
      const { hypervisors } = await call<{ hypervisors: { id: string }[] }>('GET', `${nova}/os-hypervisors`);
      return found.filter(({ uuid }) => hypervisors.some(({ id }) => id === uuid)).length;
    },
  };
}

/** The name that nova and placement make of a node's resource class. */
const resourceOf = (name: string): string => `CUSTOM_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
