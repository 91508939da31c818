// What a driver is: plain objects, one per interface, and the Task that they are given. All that a driver may do to the
// house is a method of the Task.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Config } from '#config/schema.ts';
import type { BiosSetting } from '#db/bios-settings.ts';
import type { FirmwareComponent } from '#db/firmware-components.ts';
import type { NodeRow, PortRow } from '#db/schema.ts';
import type { Happening } from '#events/catalog.ts';
import type { InternalInfo, WaitsOn } from '#model/internal-info.ts';
import type { Power, PowerTarget } from '#model/power.ts';
import type { PlannedStep, StepArgument, StepFlow } from '#model/steps.ts';
import type { House } from './house.ts';

/** The 13 kinds of interface, in the order in which Ironic lists them. */
export const interfaceKinds = [
  'bios',
  'boot',
  'console',
  'deploy',
  'firmware',
  'inspect',
  'management',
  'network',
  'power',
  'raid',
  'rescue',
  'storage',
  'vendor',
] as const;

export type InterfaceKind = (typeof interfaceKinds)[number];

/** A property that an interface reads from the node: its name in `driver_info` (or where the help says), and a sentence. */
export type Properties = Readonly<Record<string, string>>;

/** How a step ended; one that failed throws. */
export type StepOutcome =
  | { readonly is: 'done' }
  /** The row waits: `on` says for what, `for` in words; `withinSeconds` overrides the flow's own time-out. */
  | {
      readonly is: 'wait';
      readonly on: WaitsOn;
      readonly for: string;
      readonly withinSeconds?: number;
      /** On 'bmc': how often the step's `look` is asked. */
      readonly lookEverySeconds?: number;
    };

export const done: StepOutcome = { is: 'done' };

/** A step beside the interface that it belongs to. */
export interface Step {
  readonly step: string;
  /** Its priority per flow; 0 runs only when asked for; a flow that is not named does not offer it. */
  readonly in: Partial<Record<StepFlow, number>>;
  readonly args?: Readonly<Record<string, StepArgument>>;
  /** Needs the booted ramdisk (default true). */
  readonly ramdisk?: boolean;
  /** May be broken off by a user while it waits (default: true in deploy, false else). */
  readonly abortable?: boolean;
  /** It is the ramdisk that does it: `run` has begun it there when it tells to wait for it. */
  readonly inRamdisk?: true;
  /** The ramdisk has done it, with this result. */
  ended?(task: Task, result: unknown): Promise<void>;
  /** After a crash in the middle: may simply be run again. Without it the flow fails with a reason. */
  readonly again?: true;
  run(task: Task, args: Readonly<Record<string, unknown>>): Promise<StepOutcome>;
  /** It waits on its BMC ('bmc'): one look at how it stands; null while it goes on. Throws what went wrong. */
  look?(task: Task, args: Readonly<Record<string, unknown>>): Promise<StepOutcome | null>;
}

/** What every interface has. */
export interface Face {
  readonly name: string;
  readonly properties?: Properties;
  readonly steps?: readonly Step[];
  /** Throws a declared error that names the field and the reason. No I/O to the machine. */
  validate?(task: Task): Promise<void> | void;
}

export interface PowerFace extends Face {
  readonly supports: readonly PowerTarget[];
  /** False where a machine is never made to follow the record: power sync then mends the record only. */
  readonly syncs?: boolean;
  /**
   * `background`: nobody waits for it; it gives way to other commands, and is not tried for long. Of the node it may then
   * use what `LookedAt` of db/power-looks.ts names.
   */
  read(task: Task, options?: { readonly background?: boolean }): Promise<Power | 'error' | null>;
  /** Ask for `target`; whoever asks waits until `read` confirms it. Returns true when the ask itself saw it done. */
  ask(task: Task, target: PowerTarget): Promise<void>;
}

export const bootDevices = [
  'pxe',
  'disk',
  'cdrom',
  'bios',
  'safe',
  'wanboot',
  'iscsiboot',
  'floppy',
  'uefihttp',
] as const;
export type BootDevice = (typeof bootDevices)[number];

export interface ManagementFace extends Face {
  readonly bootDevices: readonly BootDevice[];
  getBootDevice(task: Task): Promise<{ boot_device: BootDevice | null; persistent: boolean | null }>;
  setBootDevice(task: Task, device: BootDevice, persistent: boolean): Promise<void>;
  injectNmi?(task: Task): Promise<void>;
  /** Who made the machine, where the BMC tells. */
  vendor?(task: Task): Promise<string | null>;
  /** 'uefi' or 'bios' where the BMC tells; null where it doesn't. */
  bootMode?(task: Task): Promise<string | null>;
  setBootMode?(task: Task, mode: 'uefi' | 'bios'): Promise<void>;
  secureBoot?(task: Task): Promise<boolean | null>;
  setSecureBoot?(task: Task, on: boolean): Promise<void>;
  /** How the machine is by its BMC's own judgement: 'OK', 'Warning' or 'Critical'; null where it doesn't tell. */
  health?(task: Task): Promise<string | null>;
  /** Lamps of the machine that can be seen, or switched. */
  indicators?(task: Task): Promise<readonly Indicator[]>;
  indicator?(task: Task, which: Pick<Indicator, 'component' | 'name'>): Promise<string>;
  setIndicator?(task: Task, which: Pick<Indicator, 'component' | 'name'>, state: string): Promise<void>;
  media?(task: Task): Promise<unknown>;
  attachMedia?(task: Task, order: MediaOrder): Promise<void>;
  detachMedia?(task: Task, deviceTypes: readonly string[]): Promise<void>;
}

export interface Indicator {
  readonly component: string;
  readonly name: string;
  readonly readonly: boolean;
  /** The states that it can show: ON, OFF, BLINKING. */
  readonly states: readonly string[];
}

export interface MediaOrder {
  readonly device_type: string;
  readonly image_url: string;
  readonly image_download_source: string;
}

export interface BootFace extends Face {
  readonly capabilities: readonly string[];
  /** Make the machine's next power-on end in the ramdisk; `extra` are kernel arguments for it. */
  prepareRamdisk(task: Task, purpose: 'deploy' | 'rescue', extra?: readonly string[]): Promise<void>;
  cleanUpRamdisk(task: Task): Promise<void>;
  /** Make the machine's power-ons from now on end in the instance. */
  prepareInstance(task: Task): Promise<void>;
  cleanUpInstance(task: Task): Promise<void>;
  /** Throws where the parameters of the ramdisk or the instance are missing. */
  validate(task: Task): Promise<void> | void;
  /** Throws where it cannot boot this node's instance, which is a ramdisk or an ISO and on no disk. */
  validateInstance?(task: Task): Promise<void> | void;
}

export interface DeployFace extends Face {
  /** Whether the work is done by a ramdisk on the machine, which looks up and heartbeats. */
  readonly agent: boolean;
  prepare(task: Task): Promise<void>;
  cleanUp(task: Task): Promise<void>;
  tearDown(task: Task): Promise<void>;
  /** Boot the ramdisk for cleaning (or service) when a step needs it; 'done' where there is none to boot. */
  prepareRamdiskFlow(task: Task, flow: 'clean' | 'service'): Promise<StepOutcome>;
  tearDownRamdiskFlow(task: Task, flow: 'clean' | 'service', ok: boolean): Promise<void>;
}

/** What the ramdisk on the machine can be asked; only an agent's deploy interface has it. */
export interface AgentFace {
  /** The in-band steps that the ramdisk offers, and the versions of its hardware managers. */
  offered(task: Task, flow: StepFlow): Promise<{ steps: readonly PlannedStep[]; versions: Record<string, string> }>;
  begin(task: Task, flow: StepFlow, step: PlannedStep): Promise<void>;
  /** How the step that was begun stands. */
  progress(task: Task, flow: StepFlow, step: PlannedStep): Promise<AgentProgress>;
}

export type AgentProgress =
  | { readonly is: 'running' | 'fresh boot' | 'version mismatch' }
  | { readonly is: 'succeeded'; readonly result: unknown }
  | { readonly is: 'failed'; readonly reason: string };

export interface NetworkFace extends Face {
  readonly capabilities: readonly string[];
  add(task: Task, network: 'provisioning' | 'cleaning' | 'rescuing' | 'inspection' | 'servicing'): Promise<void>;
  remove(task: Task, network: 'provisioning' | 'cleaning' | 'rescuing' | 'inspection' | 'servicing'): Promise<void>;
  configureTenant(task: Task): Promise<void>;
  unconfigureTenant(task: Task): Promise<void>;
  attachVif(task: Task, vif: { id: string } & Record<string, unknown>): Promise<void>;
  detachVif(task: Task, id: string): Promise<void>;
  listVifs(task: Task): Promise<{ id: string }[]>;
}

/** What a BMC told of its machine: for the hooks and rules of inspection, then kept as its inventory. */
export interface Findings {
  readonly inventory: Readonly<Record<string, unknown>>;
  readonly plugin_data: Readonly<Record<string, unknown>>;
}

export interface InspectFace extends Face {
  /** The option that names the hooks for what it finds; `[inspector]hooks` where it is missing. */
  readonly hooks?: { readonly option: string; of(config: Config): string };
  /** Looks at the machine at once ('done', with what was found) or boots the ramdisk for it ('wait'). */
  inspect(task: Task): Promise<StepOutcome | { readonly is: 'done'; readonly found: Findings }>;
  abort?(task: Task): Promise<void>;
  /** The ramdisk has told what it found: put away what was made to boot it. */
  cleanUp?(task: Task): Promise<void>;
}

export interface ConsoleFace extends Face {
  /** Where the console is reached: `type` and `url`, or nothing where there is nothing to reach. */
  get?(task: Task): Promise<Readonly<Record<string, unknown>> | null>;
  start?(task: Task): Promise<void>;
  stop?(task: Task): Promise<void>;
}

export interface RescueFace extends Face {
  rescue?(task: Task): Promise<StepOutcome>;
  unrescue?(task: Task): Promise<void>;
  /** The rescue ramdisk was heard: let the user in. */
  finalize?(task: Task): Promise<void>;
  cleanUp?(task: Task): Promise<void>;
}

export interface RaidFace extends Face {
  /** Throws where the interface cannot build any RAID, or not this one. */
  validateTarget?(task: Task, target: Readonly<Record<string, unknown>>): void;
}

/** A method of a vendor that is none of Ironic's own words. */
export interface VendorMethod {
  readonly httpMethods: readonly string[];
  /** Goes on after the answer; its result is dropped. */
  readonly async: boolean;
  /** Needs the lock of the node. */
  readonly exclusive: boolean;
  readonly description: string;
  /** Throws what is wrong with the arguments, before anything was begun. */
  validate?(task: Task, args: Readonly<Record<string, unknown>>): void;
  run(task: Task, args: Readonly<Record<string, unknown>>): Promise<unknown>;
}

export interface VendorFace extends Face {
  readonly passthru?: Readonly<Record<string, VendorMethod>>;
}

export interface BiosFace extends Face {
  /** Keep what the BMC tells of the settings now. */
  cache?(task: Task): Promise<void>;
}

export interface FirmwareFace extends Face {
  /** Keep what the BMC tells of the components now. */
  cache?(task: Task): Promise<void>;
}

export interface StorageFace extends Face {
  attach?(task: Task): Promise<void>;
  detach?(task: Task): Promise<void>;
}

/** The interface types by kind. */
export interface Faces {
  readonly bios: BiosFace;
  readonly boot: BootFace;
  readonly console: ConsoleFace;
  readonly deploy: DeployFace & { readonly ramdisk?: AgentFace };
  readonly firmware: FirmwareFace;
  readonly inspect: InspectFace;
  readonly management: ManagementFace;
  readonly network: NetworkFace;
  readonly power: PowerFace;
  readonly raid: RaidFace;
  readonly rescue: RescueFace;
  readonly storage: StorageFace;
  readonly vendor: VendorFace;
}

/** For each kind the interfaces that a hardware type supports, the preferred one first. */
export interface HardwareType {
  readonly name: string;
  readonly supports: { readonly [K in InterfaceKind]: readonly Faces[K][] };
  /** Takes any enabled implementation of a kind, not just its own (fake-hardware). */
  readonly takesAny?: true;
}

/** What may be written to a node's row by a worker. */
export type NodeChanges = Partial<Omit<NodeRow, 'uuid' | 'id' | 'revision' | 'reservation' | 'reservation_epoch'>>;

/** The held node, its driver, and the few things that a driver may ask of the house. */
export interface Task {
  /** The row as of the last read or save. */
  readonly node: NodeRow;
  readonly info: InternalInfo;
  readonly ports: readonly PortRow[];
  readonly driver: Faces;
  readonly config: Config;
  readonly house: House;
  readonly clock: Clock;
  readonly log: Log;
  /** Aborted when the lock was lost or the program stops. */
  readonly signal: AbortSignal;
  /** One transaction: the row's changes and what they mean. */
  save(changes: NodeChanges, ...happenings: readonly Happening[]): Promise<void>;
  /** Change keys of `driver_internal_info`; undefined removes one. */
  note(changes: { [K in keyof InternalInfo]?: InternalInfo[K] | undefined }): Promise<void>;
  /** Make the settings that are kept of the machine's BIOS these; none forgets them all. */
  keepBios(settings: readonly BiosSetting[]): Promise<void>;
  /** Make the firmware components that are kept of the machine these; the first version of each stays known. */
  keepFirmware(components: readonly FirmwareComponent[]): Promise<void>;
  /** Change keys of a port's `internal_info`; undefined removes one. */
  notePort(port: string, changes: Readonly<Record<string, unknown>>): Promise<void>;
  /** Bring the machine's power to `target` and wait until it is seen there. */
  powerTo(target: PowerTarget): Promise<void>;
  /** Set what the machine boots from; skipped where the BMC has it already. */
  bootFrom(device: BootDevice, persistent: boolean): Promise<void>;
}
