// What the API asks of the conductor. Declared here, as the API needs it; the conductor has the same shape, main.ts joins.
import type { PowerTarget } from '#contract/verbs.ts';
import type { NodeRow } from '#db/schema.ts';
import type { By } from '#events/catalog.ts';

/** A step as clients name it. */
interface AskedStep {
  readonly interface: string;
  readonly step: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly priority?: number;
  readonly order?: number;
  readonly execute_on_child_nodes?: boolean;
  readonly limit_child_node_execution?: readonly string[];
}

/** What may go with a provision verb; checked for form, version and verb already. */
export interface ProvisionArgs {
  readonly configdrive?: string | Readonly<Record<string, unknown>>;
  readonly clean_steps?: readonly AskedStep[];
  readonly deploy_steps?: readonly AskedStep[];
  readonly service_steps?: readonly AskedStep[];
  readonly rescue_password?: string;
  readonly disable_ramdisk?: boolean;
}

/** One line of `GET /v1/nodes/{node}/validate`; `result` is null where the interface has nothing to check. */
interface Validation {
  readonly result: boolean | null;
  readonly reason?: string;
}

export interface DriverFacts {
  readonly name: string;
  readonly hosts: readonly string[];
  /** By interface kind. */
  readonly defaults: Readonly<Record<string, string | null>>;
  readonly enabled: Readonly<Record<string, readonly string[]>>;
  /** Name to sentence, of every property of its enabled interfaces. */
  readonly properties: Readonly<Record<string, string>>;
}

interface HeartbeatOrder {
  readonly node: string;
  readonly callback_url: string;
  readonly agent_version: string | undefined;
  readonly agent_token: string;
  readonly agent_verify_ca: string | undefined;
  readonly agent_status: string | undefined;
  readonly agent_status_message: string | undefined;
  readonly by: By;
}

export interface Vif {
  readonly id: string;
  readonly port_uuid?: string;
  readonly portgroup_uuid?: string;
  readonly [key: string]: unknown;
}

interface Indicator {
  readonly component: string;
  readonly name: string;
  readonly readonly: boolean;
  readonly states: readonly string[];
}

interface PassthruMethod {
  readonly http_methods: readonly string[];
  readonly async: boolean;
  readonly description: string;
  readonly attach: boolean;
  readonly require_exclusive_lock: boolean;
}

interface PassthruOrder {
  readonly method: string;
  readonly httpMethod: string;
  readonly body: unknown;
  readonly by: By;
}

export interface PassthruOutcome {
  readonly async: boolean;
  readonly attach?: boolean;
  readonly answer?: unknown;
}

/** Nodes are named by UUID. Whatever is refused throws a declared error. */
export interface Orders {
  provision(o: { node: string; event: string; args: ProvisionArgs; by: By }): Promise<void>;
  power(o: { node: string; target: PowerTarget; timeout?: number; by: By }): Promise<void>;
  /** The host that serves the node, null when none does. */
  conductorOf(node: Pick<NodeRow, 'uuid' | 'driver' | 'conductor_group'>): string | null;
  /** Picks default interfaces and checks that the driver and the ones named are enabled. */
  createNode(o: { values: Partial<NodeRow>; by: By }): Promise<NodeRow>;
  /** Under the lock; returns the row as it is then, reservation included. */
  updateNode(o: {
    node: string;
    changes: Partial<NodeRow>;
    /** What the changes were worked out on; throws ChangedMeanwhile where those fields are others by now. */
    read: NodeRow;
    resetInterfaces?: boolean;
    by: By;
  }): Promise<NodeRow>;
  deleteNode(o: { node: string; by: By }): Promise<void>;
  /** Runs `work` while the node is held for this request: traits, ports and the like; throws NodeLocked. */
  whileHeld<T>(o: { node: string; purpose: string; by: By }, work: () => Promise<T>): Promise<T>;
  bootDevice(node: string): Promise<{ boot_device: string | null; persistent: boolean | null }>;
  setBootDevice(o: { node: string; device: string; persistent: boolean; by: By }): Promise<void>;
  supportedBootDevices(node: string): Promise<readonly string[]>;
  injectNmi(o: { node: string; by: By }): Promise<void>;
  validate(node: string): Promise<Readonly<Record<string, Validation>>>;
  attachVif(o: { node: string; vif: Vif; by: By }): Promise<void>;
  detachVif(o: { node: string; vif: string; by: By }): Promise<void>;
  listVifs(node: string): Promise<readonly { id: string }[]>;
  /** Makes a token when `withToken` is set and there is none; a token is told once. */
  lookup(o: { node: string; withToken: boolean; by: By }): Promise<{ token: string | undefined }>;
  heartbeat(o: HeartbeatOrder): Promise<void>;
  drivers(): Promise<readonly DriverFacts[]>;

  console?(node: string): Promise<Readonly<Record<string, unknown>> | null>;
  setConsole?(o: { node: string; enabled: boolean; by: By }): Promise<void>;
  /** Throws UnsupportedDriverExtension where the driver has no RAID. */
  setRaid?(o: { node: string; target: Readonly<Record<string, unknown>>; by: By }): Promise<void>;
  raidProperties?(driver: string): Promise<Readonly<Record<string, string>>>;
  setBootMode?(o: { node: string; target: string; by: By }): Promise<void>;
  setSecureBoot?(o: { node: string; target: boolean; by: By }): Promise<void>;
  indicators?(node: string): Promise<readonly Indicator[]>;
  indicator?(o: { node: string; component: string; name: string }): Promise<string>;
  setIndicator?(o: { node: string; component: string; name: string; state: string; by: By }): Promise<void>;
  attachMedia?(o: {
    node: string;
    device_type: string;
    image_url: string;
    image_download_source: string;
    by: By;
  }): Promise<void>;
  detachMedia?(o: { node: string; device_types: readonly string[]; by: By }): Promise<void>;
  media?(node: string): Promise<unknown>;
  passthruMethods?(node: string): Promise<Readonly<Record<string, PassthruMethod>>>;
  passthru?(o: PassthruOrder & { node: string }): Promise<PassthruOutcome>;
  driverPassthruMethods?(driver: string): Promise<Readonly<Record<string, PassthruMethod>>>;
  driverPassthru?(o: PassthruOrder & { driver: string }): Promise<PassthruOutcome>;
  /**
   * The node in `inspect wait` that the data belong to: by UUID, MACs or BMC addresses, which must agree; else NotFound.
   * Undefined where nothing is known of the machine.
   */
  findInspected?(o: {
    uuid: string | undefined;
    macs: readonly string[];
    bmc: readonly string[];
  }): Promise<NodeRow | undefined>;
  /** Enrolls an unknown machine; NotFound where that is not wanted, TemporaryFailure where there are too many. */
  discover?(o: {
    inventory: Readonly<Record<string, unknown>>;
    plugin_data: Readonly<Record<string, unknown>>;
    by: By;
  }): Promise<NodeRow>;
  continueInspection?(o: {
    node: string;
    inventory: Readonly<Record<string, unknown>>;
    plugin_data: Readonly<Record<string, unknown>>;
    /** The node was made by `discover`. */
    discovered?: boolean;
    by: By;
  }): Promise<void>;
  /**
   * Finds a node for a new allocation, in the background. With `node` the allocation is noted for that one before it
   * returns; what speaks against it is thrown, and kept with the allocation.
   */
  allocate?(o: { allocation: string; node: string | undefined; by: By }): Promise<void>;
}
