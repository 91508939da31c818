// A unique value that is taken already: the database's complaint as the error that Ironic's clients know.
import { type duplicates as Duplicates, duplicates } from './errors.ts';

type Duplicate = keyof typeof Duplicates;

const byColumns: Record<string, Duplicate> = {
  'nodes.uuid': 'NodeAlreadyExists',
  'nodes.name': 'DuplicateName',
  'nodes.instance_uuid': 'InstanceAssociated',
  'ports.uuid': 'PortAlreadyExists',
  'ports.name': 'PortDuplicateName',
  'ports.address': 'MACAlreadyExists',
  'portgroups.uuid': 'PortgroupAlreadyExists',
  'portgroups.name': 'PortgroupDuplicateName',
  'portgroups.address': 'PortgroupMACAlreadyExists',
  'chassis.uuid': 'ChassisAlreadyExists',
  'allocations.uuid': 'AllocationAlreadyExists',
  'allocations.name': 'AllocationDuplicateName',
  'deploy_templates.uuid': 'DeployTemplateAlreadyExists',
  'deploy_templates.name': 'DeployTemplateDuplicateName',
  'runbooks.uuid': 'RunbookAlreadyExists',
  'runbooks.name': 'RunbookDuplicateName',
  'inspection_rules.uuid': 'InspectionRuleAlreadyExists',
  'volume_connectors.uuid': 'VolumeConnectorAlreadyExists',
  'volume_connectors.type,connector_id': 'VolumeConnectorTypeAndIdAlreadyExists',
  'volume_targets.uuid': 'VolumeTargetAlreadyExists',
  'volume_targets.node_uuid,boot_index': 'VolumeTargetBootIndexAlreadyExists',
};

/** `table.column,column` of the unique rule that was broken, or undefined for any other failure. */
function brokenRule(error: unknown): { table: string; columns: string[] } | undefined {
  if (!(error instanceof Error)) return undefined;
  const sqlite = /^UNIQUE constraint failed: (.+)$/.exec(error.message);
  if (sqlite) {
    const columns = sqlite[1]!.split(', ');
    return { table: columns[0]!.split('.')[0]!, columns: columns.map((column) => column.split('.')[1] ?? column) };
  }
  const { code, table, detail } = error as { code?: unknown; table?: string; detail?: string };
  if (code !== '23505' || !table) return undefined;
  const named = /^Key \((.+?)\)=/.exec(detail ?? '')?.[1];
  return named ? { table, columns: named.split(', ') } : undefined;
}

/** Wait for a write of `values`; a unique value that is taken throws the duplicate's own error. */
export async function refuseDuplicates<T>(write: Promise<T>, values: object): Promise<T> {
  try {
    return await write;
  } catch (error) {
    const broken = brokenRule(error);
    const kind = broken && byColumns[`${broken.table}.${broken.columns.join(',')}`];
    if (!broken || !kind) throw error;
    const taken = broken.columns
      .filter((column) => column !== 'node_uuid')
      .map((column) => Reflect.get(values, column));
    throw new duplicates[kind]({ value: taken.join(' ') }, { cause: error });
  }
}
