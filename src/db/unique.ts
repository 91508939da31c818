// A unique value that is taken already: the database's complaint as the error that clients know.
import * as errors from '#contract/errors.ts';

type Make = (values: Record<string, string>) => Error;

const byUuid = (Kind: new (facts: { value: string }) => Error): Make => {
  return (values) => new Kind({ value: values.uuid ?? '' });
};
const byName = (Kind: new (facts: { value: string }) => Error): Make => {
  return (values) => new Kind({ value: values.name ?? '' });
};

const byRule: Record<string, Make> = {
  'nodes.uuid': byUuid(errors.NodeAlreadyExists),
  'nodes.name': byName(errors.DuplicateName),
  'nodes.instance_uuid': (v) => new errors.InstanceAssociated({ instance: v.instance_uuid ?? '', node: v.uuid ?? '' }),
  'ports.uuid': byUuid(errors.PortAlreadyExists),
  'ports.name': byName(errors.PortDuplicateName),
  'ports.address': (v) => new errors.MACAlreadyExists({ mac: v.address ?? '' }),
  'portgroups.uuid': byUuid(errors.PortgroupAlreadyExists),
  'portgroups.name': byName(errors.PortgroupDuplicateName),
  'portgroups.address': (v) => new errors.PortgroupMACAlreadyExists({ mac: v.address ?? '' }),
  'chassis.uuid': byUuid(errors.ChassisAlreadyExists),
  'allocations.uuid': byUuid(errors.AllocationAlreadyExists),
  'allocations.name': byName(errors.AllocationDuplicateName),
  'deploy_templates.uuid': byUuid(errors.DeployTemplateAlreadyExists),
  'deploy_templates.name': byName(errors.DeployTemplateDuplicateName),
  'runbooks.uuid': byUuid(errors.RunbookAlreadyExists),
  'runbooks.name': byName(errors.RunbookDuplicateName),
  'inspection_rules.uuid': byUuid(errors.InspectionRuleAlreadyExists),
  'volume_connectors.uuid': byUuid(errors.VolumeConnectorAlreadyExists),
  'volume_connectors.type,connector_id': (v) =>
    new errors.VolumeConnectorTypeAndIdAlreadyExists({ type: v.type ?? '', id: v.connector_id ?? '' }),
  'volume_targets.uuid': byUuid(errors.VolumeTargetAlreadyExists),
  'volume_targets.node_uuid,boot_index': (v) =>
    new errors.VolumeTargetBootIndexAlreadyExists({ index: Number(v.boot_index) }),
};

/** `table.column,column` of the unique rule that was broken, or undefined for any other failure. */
function brokenRule(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const sqlite = /^UNIQUE constraint failed: (.+)$/.exec(error.message);
  if (sqlite) {
    const columns = sqlite[1]!.split(', ').map((column) => column.split('.')[1] ?? column);
    return `${sqlite[1]!.split('.')[0]}.${columns.join(',')}`;
  }
  const { code, table, detail } = error as { code?: unknown; table?: string; detail?: string };
  if (code !== '23505' || !table) return undefined;
  return `${table}.${/^Key \((.+?)\)=/.exec(detail ?? '')?.[1]?.replaceAll(', ', ',')}`;
}

/** Wait for a write of `values`; a unique value that is taken throws the duplicate's own error. */
export async function refuseDuplicates<T>(write: Promise<T>, values: object): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const make = byRule[brokenRule(error) ?? ''];
    if (!make) throw error;
    throw make(Object.fromEntries(Object.entries(values).map(([column, value]) => [column, String(value)])));
  }
}
