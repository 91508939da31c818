import type { DemoFiles } from './demo-files.ts';

interface NodeSeen {
  readonly name: string;
  readonly state: string;
}

interface NextStepsOptions {
  /** How the user starts Ingot. */
  readonly program: string;
  readonly url: string;
  readonly usualUrl: boolean;
  readonly files: DemoFiles;
  /** The first one is active. */
  readonly nodes: readonly NodeSeen[];
}

/** Five things to try, as commands that can be pasted and fit the states that the nodes are in. */
export function nextSteps({ program, url, usualUrl, files, nodes }: NextStepsOptions): string {
  const ingot = usualUrl ? program : `INGOT_URL=${url} ${program}`;
  const [first = { name: 'sim-1', state: 'active' }] = nodes;
  const spare = spareOf(nodes) ?? first;
  const image = `--image ${files.image} --checksum ${files.checksum} --meta hostname=web1 --watch`;
  const steps: readonly [string, string][] = [
    ['all machines', `${ingot} node list`],
    onTheWay(spare, ingot),
    spare.state === 'active'
      ? ['write its disk anew, with a host name in its config drive', `${ingot} node rebuild ${spare.name} ${image}`]
      : ['deploy it, with a host name in its config drive', `${ingot} node deploy ${spare.name} ${image}`],
    ['take the first one back: its disk is cleaned for the next user', `${ingot} node undeploy ${first.name} --watch`],
    [
      "the same through Ironic's API",
      `curl -s -H 'X-OpenStack-Ironic-API-Version: 1.115' '${url}/v1/nodes?fields=name,power_state,provision_state'`,
    ],
  ];
  return steps.map(([what, command], i) => `  ${i + 1}. ${what}\n     ${command}\n`).join('');
}

/** A machine that can be deployed, or nearly. */
function spareOf([, ...others]: readonly NodeSeen[]): NodeSeen | undefined {
  for (const state of ['enroll', 'manageable', 'available']) {
    const found = others.find((node) => node.state === state);
    if (found) return found;
  }
  return undefined;
}

function onTheWay({ name, state }: NodeSeen, ingot: string): [string, string] {
  const provide = `${ingot} node provide ${name} --watch`;
  if (state === 'enroll')
    return ['take a second one into service', `${ingot} node manage ${name} --watch && ${provide}`];
  if (state === 'manageable') return ['make a second one available', provide];
  return ['what is known of one of them', `${ingot} node explain ${name}`];
}
