// What is thrown when a row that was named is not there.
import type { FaultKind } from '#base/errors.ts';
import {
  AllocationNotFound,
  ChassisNotFound,
  ConductorNotFound,
  DeployTemplateNotFound,
  InspectionRuleNotFound,
  NodeHistoryNotFound,
  NodeNotFound,
  PortgroupNotFound,
  PortNotFound,
  RunbookNotFound,
  VolumeConnectorNotFound,
  VolumeTargetNotFound,
} from '#contract/errors.ts';

/** The tables whose rows are named by a UUID (a conductor by its hostname) and listed in pages. */
export const missing = {
  nodes: NodeNotFound,
  ports: PortNotFound,
  portgroups: PortgroupNotFound,
  chassis: ChassisNotFound,
  conductors: ConductorNotFound,
  allocations: AllocationNotFound,
  deploy_templates: DeployTemplateNotFound,
  runbooks: RunbookNotFound,
  inspection_rules: InspectionRuleNotFound,
  node_history: NodeHistoryNotFound,
  volume_connectors: VolumeConnectorNotFound,
  volume_targets: VolumeTargetNotFound,
} as const satisfies Record<string, FaultKind<{ ident: string }>>;

export type Paged = keyof typeof missing;
