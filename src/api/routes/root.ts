import { MethodNotServed } from '#contract/errors.ts';
import { linksOf } from '#contract/links.ts';
import { latest, lowest, versionText } from '#contract/versions.ts';
import { type Ask, type Method, type Reply, route } from '../route.ts';

/** What /v1 links to, with the version from which on. */
const sections: Readonly<Record<string, number>> = {
  chassis: 1,
  nodes: 1,
  ports: 1,
  drivers: 1,
  portgroups: 23,
  volume: 32,
  lookup: 22,
  heartbeat: 22,
  conductors: 49,
  allocations: 52,
  events: 54,
  deploy_templates: 55,
  shards: 82,
  runbooks: 92,
  inspection_rules: 96,
  continue_inspection: 84,
};

const versionDocument = (base: string) => ({
  id: 'v1',
  links: [{ href: `${base}/v1/`, rel: 'self' }],
  status: 'CURRENT',
  min_version: versionText(lowest),
  version: versionText(latest),
});

function showRoot({ base }: Ask): Reply {
  const version = versionDocument(base);
  return {
    body: {
      name: 'OpenStack Ironic API',
      description: 'Ironic is an OpenStack project which enables the provision and management of baremetal machines.',
      default_version: version,
      versions: [version],
    },
  };
}

function showV1({ base, minor }: Ask): Reply {
  const served = Object.entries(sections).filter(([, since]) => since <= minor);
  return {
    body: {
      id: 'v1',
      links: [
        { href: `${base}/v1/`, rel: 'self' },
        {
          href: 'https://docs.openstack.org//ironic/latest/contributor//webapi.html',
          rel: 'describedby',
          type: 'text/html',
        },
      ],
      media_types: { base: 'application/json', type: 'application/vnd.openstack.ironic.v1+json' },
      ...Object.fromEntries(served.map(([name]) => [name, linksOf(base, `${name}/`)])),
      version: versionDocument(base),
    },
  };
}

const others = ['POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies readonly Method[];

export const rootRoutes = [
  // compat: the root answers any method with the same document
  ...(['GET', 'HEAD', 'OPTIONS', ...others] as const).map((method) =>
    route({ method, path: '/', since: 1, body: 'none', handle: showRoot }),
  ),
  ...(['GET', 'HEAD', 'OPTIONS'] as const).map((method) =>
    route({ method, path: '/v1', since: 1, body: 'none', handle: showV1 }),
  ),
  ...others.map((method) =>
    route({
      method,
      path: '/v1',
      since: 1,
      body: 'none',
      handle({ path }) {
        throw new MethodNotServed({ method, path });
      },
    }),
  ),
];
