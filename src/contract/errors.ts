// Every kind of error a client can meet: Ironic's name, its status, our sentence. Thrown with facts; rendered by api/errors.ts.
import { defineError } from '#base/errors.ts';

type Ident = { ident: string };
type Why = { why: string };

// 400: the request is wrong
export const Invalid = defineError('Invalid', 400, (p: Why) => p.why);
export const ClientSideError = defineError('ClientSideError', 400, (p: Why) => p.why);
export const InvalidParameterValue = defineError('InvalidParameterValue', 400, (p: Why) => p.why);
export const MissingParameterValue = defineError('MissingParameterValue', 400, (p: Why) => p.why);
export const InvalidContent = defineError('InvalidContent', 400, (p: Why) => p.why);
export const InvalidInput = defineError('InvalidInput', 400, (p: Why) => p.why);
export const UnknownArgument = defineError(
  'UnknownArgument',
  400,
  (p: { names: readonly string[]; taken?: readonly string[] }) =>
    `Unexpected argument${p.names.length === 1 ? '' : 's'}: ${p.names.join(', ')}.${
      p.taken?.length ? ` This request takes: ${p.taken.join(', ')}.` : ''
    }`,
);
export const UnknownAttribute = defineError(
  'UnknownAttribute',
  400,
  (p: { name: string; known: readonly string[] }) =>
    `There is no field "${p.name}" here; known are: ${p.known.join(', ')}.`,
);
export const MalformedRequestURI = defineError(
  'MalformedRequestURI',
  400,
  (p: { path: string }) => `The path ${p.path} does not name anything that this request could act on.`,
);
export const InvalidUUID = defineError(
  'InvalidUUID',
  400,
  (p: { field: string; value: string }) => `"${p.value}" is not a UUID, as ${p.field} must be.`,
);
export const InvalidUuidOrName = defineError(
  'InvalidUuidOrName',
  400,
  (p: { field: string; value: string }) => `"${p.value}" is neither a UUID nor a name, as ${p.field} must be.`,
);
export const InvalidName = defineError(
  'InvalidName',
  400,
  (p: { what: string; name: string }) =>
    `"${p.name}" cannot be the name of a ${p.what}: up to 255 letters, digits and - . _ ~ are accepted, no UUID, no reserved word.`,
);
export const InvalidMAC = defineError(
  'InvalidMAC',
  400,
  (p: { value: string }) => `"${p.value}" is not a MAC address such as 52:54:00:12:34:56.`,
);
export const InvalidSwitchID = defineError(
  'InvalidSwitchID',
  400,
  (p: { value: string }) => `"${p.value}" is not a switch id: a MAC address or an OpenFlow datapath id is accepted.`,
);
export const InvalidDatapathID = defineError(
  'InvalidDatapathID',
  400,
  (p: { value: string }) => `"${p.value}" is not an OpenFlow datapath id (16 hexadecimal digits).`,
);
export const InvalidIdentity = defineError(
  'InvalidIdentity',
  400,
  (p: { value: string }) => `"${p.value}" identifies nothing: a UUID is accepted.`,
);
export const InvalidConductorGroup = defineError(
  'InvalidConductorGroup',
  400,
  (p: { group: string }) =>
    `"${p.group}" is no conductor group: up to 255 letters, digits and - _ . are accepted, or "" for none.`,
);
export const InvalidDeployTemplate = defineError('InvalidDeployTemplate', 400, (p: Why) => p.why);
export const InvalidRunbook = defineError('InvalidRunbook', 400, (p: Why) => p.why);
export const InvalidImageRef = defineError(
  'InvalidImageRef',
  400,
  (p: { image: string; why: string }) => `The image reference ${p.image} cannot be used: ${p.why}.`,
);
export const InvalidNodeInventory = defineError('InvalidNodeInventory', 400, (p: Why) => p.why);
export const InvalidKickstartTemplate = defineError('InvalidKickstartTemplate', 400, (p: Why) => p.why);
export const InvalidKickstartFile = defineError('InvalidKickstartFile', 400, (p: Why) => p.why);
export const PatchError = defineError(
  'PatchError',
  400,
  (p: { op: string; path: string; why: string }) =>
    `The patch operation ${p.op} ${p.path} cannot be applied: ${p.why}.`,
);
export const InvalidStateRequested = defineError(
  'InvalidStateRequested',
  400,
  (p: { action: string; node: string; state: string | null; can?: readonly string[] }) =>
    `Node ${p.node} cannot do "${p.action}" while it is "${p.state}"${p.can?.length ? `; from here it can: ${p.can.join(', ')}` : ''}.`,
);
export const NodeInMaintenance = defineError(
  'NodeInMaintenance',
  400,
  (p: { op: string; node: string }) => `Node ${p.node} is in maintenance: ${p.op} waits until maintenance is cleared.`,
);
export const NodeMaintenanceFailure = defineError(
  'NodeMaintenanceFailure',
  400,
  (p: { node: string; why: string }) => `The maintenance of node ${p.node} could not be changed: ${p.why}.`,
);
export const NodeIsRetired = defineError(
  'NodeIsRetired',
  400,
  (p: { op: string; node: string }) => `Node ${p.node} is retired: ${p.op} is refused until "retired" is cleared.`,
);
export const NodeConsoleNotEnabled = defineError(
  'NodeConsoleNotEnabled',
  400,
  (p: { node: string }) => `The console of node ${p.node} is not enabled; enable it first with PUT states/console.`,
);
export const NodeNotLocked = defineError(
  'NodeNotLocked',
  400,
  (p: { node: string }) => `Node ${p.node} was to be released, but nobody holds it.`,
);
export const BootModeNotAllowed = defineError(
  'BootModeNotAllowed',
  400,
  (p: { mode: string; op: string }) => `Boot mode ${p.mode} does not go with ${p.op}.`,
);
export const IncompatibleInterface = defineError(
  'IncompatibleInterface',
  400,
  (p: { kind: string; name: string; hardware: string; enabled: readonly string[] }) =>
    `Hardware type ${p.hardware} does not support the ${p.kind} interface "${p.name}"; supported and enabled are: ${p.enabled.join(', ') || 'none'}.`,
);
export const InterfaceNotFoundInEntrypoint = defineError(
  'InterfaceNotFoundInEntrypoint',
  400,
  (p: { kind: string; name: string; enabled: readonly string[] }) =>
    `No ${p.kind} interface "${p.name}" is enabled here; enabled are: ${p.enabled.join(', ') || 'none'} (option enabled_${p.kind}_interfaces).`,
);
export const NoValidDefaultForInterface = defineError(
  'NoValidDefaultForInterface',
  400,
  (p: { kind: string; hardware: string }) =>
    `Hardware type ${p.hardware} supports none of the enabled ${p.kind} interfaces; name one in enabled_${p.kind}_interfaces.`,
);
export const UnsupportedDriverExtension = defineError(
  'UnsupportedDriverExtension',
  400,
  (p: { driver: string; extension: string; why?: string }) =>
    `Driver ${p.driver} does not support ${p.extension}${p.why ? `: ${p.why}` : ''}.`,
);
export const UnsupportedHardwareFeature = defineError(
  'UnsupportedHardwareFeature',
  400,
  (p: { node: string; feature: string }) => `The hardware of node ${p.node} does not offer ${p.feature}.`,
);
export const StepNotAllowed = defineError(
  'StepNotAllowed',
  400,
  (p: { step: string; why: string }) => `Step ${p.step} may not be run: ${p.why}.`,
);
export const ChassisNotEmpty = defineError(
  'ChassisNotEmpty',
  400,
  (p: { chassis: string }) => `Chassis ${p.chassis} still holds nodes; move them first.`,
);
export const PortgroupNotEmpty = defineError(
  'PortgroupNotEmpty',
  400,
  (p: { portgroup: string }) => `Port group ${p.portgroup} still holds ports; move them first.`,
);
export const NoFreePhysicalPorts = defineError(
  'NoFreePhysicalPorts',
  400,
  (p: { vif: string; node?: string }) =>
    `VIF ${p.vif} cannot be attached${p.node ? ` to node ${p.node}` : ''}: no port or port group is free for it.`,
);
export const VifNotAttached = defineError(
  'VifNotAttached',
  400,
  (p: { vif: string; node: string }) => `VIF ${p.vif} is not attached to node ${p.node}.`,
);
export const IncompleteLookup = defineError(
  'IncompleteLookup',
  400,
  () => 'A lookup needs node_uuid or at least one MAC address in "addresses".',
);

// 401, 403: who may
export const Unauthorized = defineError('Unauthorized', 401, (p: Why) => p.why);
export const HTTPForbidden = defineError(
  'HTTPForbidden',
  403,
  (p: { rule: string }) => `Policy does not allow ${p.rule} to be performed by the user of this request.`,
);
export const NotAuthorized = defineError('NotAuthorized', 403, (p: Why) => p.why);
export const OperationNotPermitted = defineError('OperationNotPermitted', 403, (p: Why) => p.why);
export const ExclusiveLockRequired = defineError(
  'ExclusiveLockRequired',
  403,
  (p: { node: string }) => `Node ${p.node} must be held alone for this.`,
);
export const NodeProtected = defineError(
  'NodeProtected',
  403,
  (p: { node: string; op: string; reason?: string | null }) =>
    `Node ${p.node} is protected${p.reason ? ` (${p.reason})` : ''}: ${p.op} is refused until "protected" is cleared.`,
);
export const ImageNotAuthorized = defineError(
  'ImageNotAuthorized',
  403,
  (p: { image: string }) => `The image service does not let us read ${p.image}.`,
);

// 404: not there
export const NotFound = defineError('NotFound', 404, (p: Why) => p.why);
export const NodeNotFound = defineError('NodeNotFound', 404, (p: Ident) => `There is no node ${p.ident}.`);
export const PortNotFound = defineError('PortNotFound', 404, (p: Ident) => `There is no port ${p.ident}.`);
export const PortgroupNotFound = defineError(
  'PortgroupNotFound',
  404,
  (p: Ident) => `There is no port group ${p.ident}.`,
);
export const ChassisNotFound = defineError('ChassisNotFound', 404, (p: Ident) => `There is no chassis ${p.ident}.`);
export const ConductorNotFound = defineError(
  'ConductorNotFound',
  404,
  (p: Ident) => `There is no conductor ${p.ident}.`,
);
export const AllocationNotFound = defineError(
  'AllocationNotFound',
  404,
  (p: Ident) => `There is no allocation ${p.ident}.`,
);
export const DeployTemplateNotFound = defineError(
  'DeployTemplateNotFound',
  404,
  (p: Ident) => `There is no deploy template ${p.ident}.`,
);
export const RunbookNotFound = defineError('RunbookNotFound', 404, (p: Ident) => `There is no runbook ${p.ident}.`);
export const RunbookTraitNotFound = defineError(
  'RunbookTraitNotFound',
  404,
  (p: { runbook: string; trait: string }) => `Runbook ${p.runbook} has no trait ${p.trait}.`,
);
export const InspectionRuleNotFound = defineError(
  'InspectionRuleNotFound',
  404,
  (p: Ident) => `There is no inspection rule ${p.ident}.`,
);
export const VolumeConnectorNotFound = defineError(
  'VolumeConnectorNotFound',
  404,
  (p: Ident) => `There is no volume connector ${p.ident}.`,
);
export const VolumeTargetNotFound = defineError(
  'VolumeTargetNotFound',
  404,
  (p: Ident) => `There is no volume target ${p.ident}.`,
);
export const InstanceNotFound = defineError(
  'InstanceNotFound',
  404,
  (p: Ident) => `No node carries instance ${p.ident}.`,
);
export const DriverNotFound = defineError(
  'DriverNotFound',
  404,
  (p: { driver: string }) => `No living conductor offers driver ${p.driver}.`,
);
export const DriverNotFoundInEntrypoint = defineError(
  'DriverNotFoundInEntrypoint',
  404,
  (p: { driver: string }) => `Driver ${p.driver} is not enabled here (option enabled_hardware_types).`,
);
export const DuplicateNodeOnLookup = defineError(
  'DuplicateNodeOnLookup',
  404,
  () => 'The addresses of this lookup belong to more than one node.',
);
export const NoValidHost = defineError('NoValidHost', 404, (p: Why) => `No conductor can serve this: ${p.why}.`);
export const NodeTraitNotFound = defineError(
  'NodeTraitNotFound',
  404,
  (p: { node: string; trait: string }) => `Node ${p.node} has no trait ${p.trait}.`,
);
export const NodeHistoryNotFound = defineError(
  'NodeHistoryNotFound',
  404,
  (p: Ident) => `There is no history record ${p.ident} of this node.`,
);
export const NodeInventoryNotFound = defineError(
  'NodeInventoryNotFound',
  404,
  (p: { node: string }) => `No inventory is stored for node ${p.node}; inspect it first.`,
);
export const BIOSSettingNotFound = defineError(
  'BIOSSettingNotFound',
  404,
  (p: { node: string; name: string }) => `Node ${p.node} has no BIOS setting ${p.name}.`,
);
export const BIOSSettingListNotFound = defineError(
  'BIOSSettingListNotFound',
  404,
  (p: { node: string; names: readonly string[] }) => `Node ${p.node} has no BIOS settings ${p.names.join(', ')}.`,
);
export const FirmwareComponentNotFound = defineError(
  'FirmwareComponentNotFound',
  404,
  (p: { node: string; name: string }) => `Node ${p.node} has no firmware component ${p.name}.`,
);
export const SwitchNotFound = defineError('SwitchNotFound', 404, (p: Ident) => `There is no switch ${p.ident}.`);
export const ImageNotFound = defineError(
  'ImageNotFound',
  404,
  (p: { image: string }) => `There is no image ${p.image}.`,
);
export const OciImageTagNotFound = defineError(
  'OciImageTagNotFound',
  404,
  (p: { image: string; tag: string }) => `Image ${p.image} has no tag ${p.tag}.`,
);

// 405, 406, 413: the wrong way to ask
export const RouteNotFound = defineError(
  'RouteNotFound',
  404,
  (p: { path: string }) => `There is nothing at ${p.path} in this version of the API.`,
);
export const MethodNotAllowed = defineError(
  'MethodNotAllowed',
  405,
  (p: { method: string; path: string }) => `${p.path} does not take ${p.method}.`,
);
export const NotInVersion = defineError(
  'NotInVersion',
  404,
  (p: { path: string; since: number }) => `${p.path} is served from API version 1.${p.since} on.`,
);
export const MethodNotInVersion = defineError(
  'MethodNotInVersion',
  405,
  (p: { method: string; path: string; since: number }) =>
    `${p.method} ${p.path} is served from API version 1.${p.since} on.`,
);
/** compat: said by the resource itself, where others leave it to the router (MethodNotAllowed). */
export const MethodNotServed = defineError(
  'MethodNotServed',
  405,
  (p: { method: string; path: string }) => `${p.path} does not take ${p.method}.`,
);
export const BadUri = defineError('BadUri', 400, (p: Why) => p.why);
export const NotAcceptable = defineError('NotAcceptable', 406, (p: { what: string; since?: number }) =>
  p.since === undefined
    ? p.what
    : `${p.what} is known from API version 1.${p.since} on; ask for that version or a later one.`,
);
export const UnsupportedVersion = defineError('UnsupportedVersion', 406, (p: Why) => p.why);
export const BodyTooLarge = defineError(
  'BodyTooLarge',
  413,
  (p: { limit: number }) => `The body is larger than the ${p.limit} bytes that are accepted.`,
);
export const BodyTooDeep = defineError(
  'BodyTooDeep',
  400,
  (p: { limit: number }) => `The JSON of the body is nested deeper than the ${p.limit} levels that are accepted.`,
);

// 409: it collides
type Value = { value: string };
/** What a patch was worked out on is not what is there any more: it is to be worked out anew. */
export const ChangedMeanwhile = defineError(
  'ChangedMeanwhile',
  409,
  (p: { what: string; fields: readonly string[] }) =>
    `${p.what} was changed by others at the same time (${p.fields.join(', ')}), several times over; send the request again.`,
);
export const Conflict = defineError('Conflict', 409, (p: Why) => p.why);
export const InvalidState = defineError('InvalidState', 409, (p: Why) => p.why);
export const NodeLocked = defineError(
  'NodeLocked',
  409,
  (p: { node: string; host: string }) => `Node ${p.node} is held by ${p.host}; try again when its work is done.`,
);
export const ChildNodeLocked = defineError(
  'ChildNodeLocked',
  409,
  (p: { node: string; child: string }) =>
    `Child node ${p.child} of node ${p.node} is being worked on; try again later.`,
);
export const ParentNodeLocked = defineError(
  'ParentNodeLocked',
  409,
  (p: { node: string; parent: string }) =>
    `Parent node ${p.parent} of node ${p.node} is being worked on; try again later.`,
);
export const NodeAlreadyExists = defineError(
  'NodeAlreadyExists',
  409,
  (p: Value) => `A node ${p.value} exists already.`,
);
export const DuplicateName = defineError('DuplicateName', 409, (p: Value) => `A node named ${p.value} exists already.`);
export const InstanceAssociated = defineError(
  'InstanceAssociated',
  409,
  (p: { instance: string; node: string }) =>
    `Instance ${p.instance} is on another node already, so node ${p.node} cannot carry it.`,
);
export const NodeAssociated = defineError(
  'NodeAssociated',
  409,
  (p: { node: string; instance: string }) => `Node ${p.node} carries instance ${p.instance}; remove it first.`,
);
export const MACAlreadyExists = defineError(
  'MACAlreadyExists',
  409,
  (p: { mac: string }) => `A port with MAC address ${p.mac} exists already.`,
);
export const PortAlreadyExists = defineError(
  'PortAlreadyExists',
  409,
  (p: Value) => `A port ${p.value} exists already.`,
);
export const PortDuplicateName = defineError(
  'PortDuplicateName',
  409,
  (p: Value) => `A port named ${p.value} exists already.`,
);
export const PortgroupAlreadyExists = defineError(
  'PortgroupAlreadyExists',
  409,
  (p: Value) => `A port group ${p.value} exists already.`,
);
export const PortgroupDuplicateName = defineError(
  'PortgroupDuplicateName',
  409,
  (p: Value) => `A port group named ${p.value} exists already.`,
);
export const PortgroupMACAlreadyExists = defineError(
  'PortgroupMACAlreadyExists',
  409,
  (p: { mac: string }) => `A port group with MAC address ${p.mac} exists already.`,
);
export const PortgroupPhysnetInconsistent = defineError('PortgroupPhysnetInconsistent', 409, (p: Why) => p.why);
export const ChassisAlreadyExists = defineError(
  'ChassisAlreadyExists',
  409,
  (p: Value) => `A chassis ${p.value} exists already.`,
);
export const AllocationAlreadyExists = defineError(
  'AllocationAlreadyExists',
  409,
  (p: Value) => `An allocation ${p.value} exists already.`,
);
export const AllocationDuplicateName = defineError(
  'AllocationDuplicateName',
  409,
  (p: Value) => `An allocation named ${p.value} exists already.`,
);
export const DeployTemplateAlreadyExists = defineError(
  'DeployTemplateAlreadyExists',
  409,
  (p: Value) => `A deploy template ${p.value} exists already.`,
);
export const DeployTemplateDuplicateName = defineError(
  'DeployTemplateDuplicateName',
  409,
  (p: Value) => `A deploy template named ${p.value} exists already.`,
);
export const RunbookAlreadyExists = defineError(
  'RunbookAlreadyExists',
  409,
  (p: Value) => `A runbook ${p.value} exists already.`,
);
export const RunbookDuplicateName = defineError(
  'RunbookDuplicateName',
  409,
  (p: Value) => `A runbook named ${p.value} exists already.`,
);
export const InspectionRuleAlreadyExists = defineError(
  'InspectionRuleAlreadyExists',
  409,
  (p: Value) => `An inspection rule ${p.value} exists already.`,
);
export const VolumeConnectorAlreadyExists = defineError(
  'VolumeConnectorAlreadyExists',
  409,
  (p: Value) => `A volume connector ${p.value} exists already.`,
);
export const VolumeConnectorTypeAndIdAlreadyExists = defineError(
  'VolumeConnectorTypeAndIdAlreadyExists',
  409,
  (p: { type: string; id: string }) => `A volume connector of type ${p.type} with id ${p.id} exists already.`,
);
export const VolumeTargetAlreadyExists = defineError(
  'VolumeTargetAlreadyExists',
  409,
  (p: Value) => `A volume target ${p.value} exists already.`,
);
export const VolumeTargetBootIndexAlreadyExists = defineError(
  'VolumeTargetBootIndexAlreadyExists',
  409,
  (p: { index: number }) => `This node has a volume target with boot index ${p.index} already.`,
);
export const VifAlreadyAttached = defineError(
  'VifAlreadyAttached',
  409,
  (p: { vif: string; object: string }) => `VIF ${p.vif} is attached to ${p.object} already.`,
);
export const VifInvalidForAttach = defineError(
  'VifInvalidForAttach',
  409,
  (p: { vif: string; node: string; why: string }) => `VIF ${p.vif} cannot be attached to node ${p.node}: ${p.why}.`,
);
export const PowerStateFailure = defineError(
  'PowerStateFailure',
  409,
  (p: { node: string; target: string; why: string }) => `Node ${p.node} did not reach "${p.target}": ${p.why}.`,
);
export const NodeInventoryAlreadyExists = defineError(
  'NodeInventoryAlreadyExists',
  409,
  (p: { node: string }) => `An inventory of node ${p.node} exists already.`,
);
export const BIOSSettingAlreadyExists = defineError(
  'BIOSSettingAlreadyExists',
  409,
  (p: { node: string; name: string }) => `Node ${p.node} has a BIOS setting ${p.name} already.`,
);
export const FirmwareComponentAlreadyExists = defineError(
  'FirmwareComponentAlreadyExists',
  409,
  (p: { node: string; name: string }) => `Node ${p.node} has a firmware component ${p.name} already.`,
);

// 5xx: we, or what we depend on
export const NoFreeConductorWorker = defineError(
  'NoFreeConductorWorker',
  503,
  () => 'The conductor is busy with as much work as it may do at once; try again soon.',
);
export const ConcurrentActionLimit = defineError(
  'ConcurrentActionLimit',
  503,
  (p: { action: string; limit: number }) =>
    `As many nodes as allowed (${p.limit}) are in ${p.action} already; try again when some are done.`,
);
export const TemporaryFailure = defineError('TemporaryFailure', 503, (p: Why) => p.why);
export const NoFreeIPMITerminalPorts = defineError(
  'NoFreeIPMITerminalPorts',
  503,
  (p: { host: string }) => `No free port for another console on ${p.host}; widen [console]port_range.`,
);
export const ImageChecksumFileReadFailure = defineError('ImageChecksumFileReadFailure', 503, (p: Why) => p.why);
export const ImageHostRateLimitFailure = defineError(
  'ImageHostRateLimitFailure',
  503,
  (p: { image: string }) => `The host of image ${p.image} limits how often it may be asked; try again later.`,
);
export const InternalError = defineError(
  'InternalError',
  500,
  (p: { request: string }) =>
    `Something went wrong inside the service; its log tells what, under request ${p.request}.`,
);
