import type { DemoFiles } from './demo-files.ts';

/** Five things to try, as commands that can be pasted. `program` is how the user starts Ingot. */
export function nextSteps(o: { program: string; url: string; usualUrl: boolean; files: DemoFiles }): string {
  const ingot = o.usualUrl ? o.program : `INGOT_URL=${o.url} ${o.program}`;
  const steps: readonly [string, string][] = [
    ['all machines', `${ingot} node list`],
    ['take a second one into service', `${ingot} node manage sim-2 --watch && ${ingot} node provide sim-2 --watch`],
    [
      'deploy it, with a host name in its config drive',
      `${ingot} node deploy sim-2 --image ${o.files.image} --checksum ${o.files.checksum} --meta hostname=web1 --watch`,
    ],
    ['take the first one back: its disk is cleaned for the next user', `${ingot} node undeploy sim-1 --watch`],
    [
      "the same through Ironic's API",
      `curl -s -H 'X-OpenStack-Ironic-API-Version: 1.115' '${o.url}/v1/nodes?fields=name,power_state,provision_state'`,
    ],
  ];
  return steps.map(([what, command], i) => `  ${i + 1}. ${what}\n     ${command}\n`).join('');
}
