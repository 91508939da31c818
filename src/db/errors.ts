// What the database room may say when something cannot be read or written. Names are Ironic's where Ironic has one.
import { defineError } from '#base/errors.ts';

export const NodeNotFound = defineError(
  'NodeNotFound',
  404,
  (p: { node: string }) => `Node ${p.node} could not be found.`,
);

export const DuplicateNodeOnLookup = defineError(
  'DuplicateNodeOnLookup',
  404,
  (p: { macs: string; nodes: readonly string[] }) =>
    `The addresses ${p.macs} belong to more than one node (${p.nodes.join(', ')}, …); remove the ports that are wrong.`,
);

export const NodeLocked = defineError(
  'NodeLocked',
  409,
  (p: { node: string; host: string }) =>
    `Node ${p.node} is locked by host ${p.host}, please retry after the current operation is completed.`,
);

/** The writer's lock is gone: another host took the node over, or it was unlocked by hand. */
export const NodeLost = defineError(
  'NodeLost',
  409,
  (p: { node: string; host: string; epoch: number; holder: string | null }) =>
    `${p.host} no longer holds node ${p.node} (its lock number was ${p.epoch}); ` +
    `${p.holder === null ? 'nobody holds it now' : `${p.holder} holds it now`}, so nothing was written.`,
);

/** The row changed since it was read. */
export const NodeConflict = defineError(
  'NodeConflict',
  409,
  (p: { node: string; revision: number; found: number }) =>
    `Node ${p.node} was changed by someone else meanwhile (read at revision ${p.revision}, now ${p.found}); ` +
    'read it again and repeat the change.',
);

/** A row of another table, named by `what`, that is not there; `kind` of the thrown fault is Ironic's name for it. */
export const NotFound = defineError(
  'NotFound',
  404,
  (p: { what: string; ident: string }) => `${p.what} ${p.ident} could not be found.`,
);

export const MarkerNotFound = defineError(
  'NotFound',
  404,
  (p: { what: string; marker: string }) =>
    `The marker ${p.marker} names no ${p.what}; start the list again without it.`,
);

export const DatabaseTooNew = defineError(
  'DatabaseTooNew',
  500,
  (p: { where: string; found: number; known: number }) =>
    `The database ${p.where} was written by a newer Ingot (schema ${p.found}, this program knows ${p.known}); ` +
    'start that newer program, or restore the backup made before the upgrade.',
);

export const DatabaseUnusable = defineError(
  'DatabaseUnusable',
  500,
  (p: { where: string; why: string; advice: string }) =>
    `The database ${p.where} cannot be used: ${p.why}; ${p.advice}.`,
);

export const DatabaseFull = defineError(
  'DatabaseFull',
  507,
  (p: { where: string }) =>
    `The disk under the database ${p.where} is full; nothing was written: free some space and repeat.`,
);

export const DatabaseReadOnly = defineError(
  'DatabaseReadOnly',
  500,
  (p: { where: string }) =>
    `The database ${p.where} may not be written; give this user the right to write the file and its folder.`,
);

export const DatabaseBusy = defineError(
  'DatabaseBusy',
  503,
  (p: { where: string; seconds: number }) =>
    `The database ${p.where} was locked by another process for ${p.seconds} s; end that process or try again.`,
);

/** A unit of work may not start another one and wait for it: on SQLite it would wait for itself. */
export const WriteInsideWrite = defineError(
  'WriteInsideWrite',
  500,
  () => 'A write was asked for from inside another write; use the transaction that was handed in.',
);

export const DatabaseClosed = defineError(
  'DatabaseClosed',
  503,
  (p: { where: string }) => `The database ${p.where} is closed.`,
);

/** A unique value that another row already has; `name` of the error is Ironic's (`DuplicateName`, …). */
export const duplicates = {
  NodeAlreadyExists: defineError(
    'NodeAlreadyExists',
    409,
    (p: { value: string }) => `A node with UUID ${p.value} already exists.`,
  ),
  DuplicateName: defineError(
    'DuplicateName',
    409,
    (p: { value: string }) => `A node with name ${p.value} already exists.`,
  ),
  InstanceAssociated: defineError(
    'InstanceAssociated',
    409,
    (p: { value: string }) => `Instance ${p.value} is already associated with another node.`,
  ),
  PortAlreadyExists: defineError(
    'PortAlreadyExists',
    409,
    (p: { value: string }) => `A port with UUID ${p.value} already exists.`,
  ),
  PortDuplicateName: defineError(
    'PortDuplicateName',
    409,
    (p: { value: string }) => `A port with name ${p.value} already exists.`,
  ),
  MACAlreadyExists: defineError(
    'MACAlreadyExists',
    409,
    (p: { value: string }) => `A port with MAC address ${p.value} already exists.`,
  ),
  PortgroupAlreadyExists: defineError(
    'PortgroupAlreadyExists',
    409,
    (p: { value: string }) => `A portgroup with UUID ${p.value} already exists.`,
  ),
  PortgroupDuplicateName: defineError(
    'PortgroupDuplicateName',
    409,
    (p: { value: string }) => `A portgroup with name ${p.value} already exists.`,
  ),
  PortgroupMACAlreadyExists: defineError(
    'PortgroupMACAlreadyExists',
    409,
    (p: { value: string }) => `A portgroup with MAC address ${p.value} already exists.`,
  ),
  ChassisAlreadyExists: defineError(
    'ChassisAlreadyExists',
    409,
    (p: { value: string }) => `A chassis with UUID ${p.value} already exists.`,
  ),
  AllocationAlreadyExists: defineError(
    'AllocationAlreadyExists',
    409,
    (p: { value: string }) => `An allocation with UUID ${p.value} already exists.`,
  ),
  AllocationDuplicateName: defineError(
    'AllocationDuplicateName',
    409,
    (p: { value: string }) => `An allocation with name ${p.value} already exists.`,
  ),
  DeployTemplateAlreadyExists: defineError(
    'DeployTemplateAlreadyExists',
    409,
    (p: { value: string }) => `A deploy template with UUID ${p.value} already exists.`,
  ),
  DeployTemplateDuplicateName: defineError(
    'DeployTemplateDuplicateName',
    409,
    (p: { value: string }) => `A deploy template with name ${p.value} already exists.`,
  ),
  RunbookAlreadyExists: defineError(
    'RunbookAlreadyExists',
    409,
    (p: { value: string }) => `A runbook with UUID ${p.value} already exists.`,
  ),
  RunbookDuplicateName: defineError(
    'RunbookDuplicateName',
    409,
    (p: { value: string }) => `A runbook with name ${p.value} already exists.`,
  ),
  InspectionRuleAlreadyExists: defineError(
    'InspectionRuleAlreadyExists',
    409,
    (p: { value: string }) => `An inspection rule with UUID ${p.value} already exists.`,
  ),
  VolumeConnectorAlreadyExists: defineError(
    'VolumeConnectorAlreadyExists',
    409,
    (p: { value: string }) => `A volume connector with UUID ${p.value} already exists.`,
  ),
  VolumeConnectorTypeAndIdAlreadyExists: defineError(
    'VolumeConnectorTypeAndIdAlreadyExists',
    409,
    (p: { value: string }) => `A volume connector with type and connector id ${p.value} already exists.`,
  ),
  VolumeTargetAlreadyExists: defineError(
    'VolumeTargetAlreadyExists',
    409,
    (p: { value: string }) => `A volume target with UUID ${p.value} already exists.`,
  ),
  VolumeTargetBootIndexAlreadyExists: defineError(
    'VolumeTargetBootIndexAlreadyExists',
    409,
    (p: { value: string }) => `A volume target with boot index ${p.value} already exists for this node.`,
  ),
} as const;
