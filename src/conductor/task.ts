import type { Log } from '#base/log.ts';
import { InvalidState } from '#contract/errors.ts';
import { deleteAllocation } from '#db/allocations.ts';
import { type BiosSetting, replaceBiosSettings } from '#db/bios-settings.ts';
import { type FirmwareComponent, keepFirmware, saveFirmware } from '#db/firmware-components.ts';
import { nodeBy, saveNode } from '#db/nodes.ts';
import { portsOfNode, savePort } from '#db/ports.ts';
import type { NodeRow, PortRow, Queries } from '#db/schema.ts';
import type { BootDevice, Faces, NodeChanges, Task } from '#drivers/kinds.ts';
import type { By, Happening } from '#events/catalog.ts';
import type { InternalInfo } from '#model/internal-info.ts';
import type { PowerTarget } from '#model/power.ts';
import { bootFrom } from './boot-device.ts';
import type { Conductor } from './conductor.ts';
import { powerWithFamily } from './family-power.ts';
import { record } from './record.ts';

type HoldOther = <T>(uuid: string, work: (task: HeldTask) => Promise<T>) => Promise<T>;

/** A node in the hands of a worker: what drivers and flows are given. */
export class HeldTask implements Task {
  readonly conductor: Conductor;
  readonly by: By;
  readonly signal: AbortSignal;
  readonly config;
  readonly house;
  readonly clock;
  /** True for a look without the lock: nothing may be saved. */
  readonly shared: boolean;
  #node: NodeRow;
  #ports: readonly PortRow[];
  #driver: Faces | undefined;
  #log: Log | undefined;
  #afterwards: ((task: HeldTask) => Promise<void>) | undefined;
  readonly #hold: HoldOther | undefined;
  hasSlot = false;
  /** The row was deleted: there is no lock left to free. */
  gone = false;

  constructor(
    conductor: Conductor,
    node: NodeRow,
    ports: readonly PortRow[],
    lost: AbortSignal,
    by: By,
    shared = false,
    holdOther?: HoldOther,
  ) {
    this.#hold = holdOther;
    this.conductor = conductor;
    this.#node = node;
    this.#ports = ports;
    this.by = by;
    this.shared = shared;
    this.signal = lost === conductor.stopping ? lost : AbortSignal.any([lost, conductor.stopping]);
    this.config = conductor.config;
    this.house = conductor.house;
    this.clock = conductor.clock;
  }

  get log(): Log {
    this.#log ??= this.conductor.log.child({ node: this.#node.uuid, request_id: this.by.requestId });
    return this.#log;
  }

  get node(): NodeRow {
    return this.#node;
  }

  get info(): InternalInfo {
    return this.#node.driver_internal_info as InternalInfo;
  }

  get ports(): readonly PortRow[] {
    return this.#ports;
  }

  get driver(): Faces {
    this.#driver ??= this.conductor.drivers.facesOf(this.#node);
    return this.#driver;
  }

  /** The interfaces are chosen anew: a field of the node that names one was changed. */
  forgetDriver(): void {
    this.#driver = undefined;
  }

  /**
   * Go on with `work` after the present one has returned, with the lock kept. The worker's slot is taken here, so that a
   * conductor without a free one says so before anything was promised.
   */
  afterwards(work: (task: HeldTask) => Promise<void>): void {
    if (!this.hasSlot) this.conductor.workers.take();
    this.hasSlot = true;
    this.#afterwards = work;
  }

  takeAfterwards(): ((task: HeldTask) => Promise<void>) | undefined {
    return this.#afterwards;
  }

  async save(changes: NodeChanges, ...happenings: readonly Happening[]): Promise<void> {
    if (this.shared) throw new InvalidState({ why: `Node ${this.#node.uuid} is not held; it cannot be changed.` });
    const { conductor } = this;
    const told = happenings.map((h) => ({ ...h, by: h.by ?? this.by }));
    this.#node = await conductor.db.write(async (tx) => {
      const row = await saveNode(tx, this.#node.uuid, changes, {
        host: conductor.host,
        epoch: this.#node.reservation_epoch,
      });
      await record(tx, conductor.host, told);
      return row;
    });
  }

  /** As `save`, with what `also` writes in the same transaction. The ports are read anew. */
  async saveWith(
    changes: NodeChanges,
    also: (tx: Queries) => Promise<void>,
    ...happenings: readonly Happening[]
  ): Promise<void> {
    const { conductor } = this;
    const { uuid, reservation_epoch: epoch } = this.#node;
    const told = happenings.map((h) => ({ ...h, by: h.by ?? this.by }));
    this.#node = await conductor.db.write(async (tx) => {
      const row = await saveNode(tx, uuid, changes, { host: conductor.host, epoch });
      await also(tx);
      await record(tx, conductor.host, told);
      return row;
    });
    this.#ports = await portsOfNode(conductor.db.read, uuid);
  }

  async note(changes: { [K in keyof InternalInfo]?: InternalInfo[K] | undefined }): Promise<void> {
    await this.save({ driver_internal_info: this.noted(changes) });
  }

  /** `driver_internal_info` with `changes` in it, for a save that changes more than the notes. */
  noted(changes: { [K in keyof InternalInfo]?: InternalInfo[K] | undefined }): NodeRow['driver_internal_info'] {
    const info: Record<string, unknown> = { ...this.#node.driver_internal_info };
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) delete info[key];
      else info[key] = value;
    }
    return info;
  }

  /** The allocation that this node was given to is over: its row goes, the node's mention of it as well. */
  async dropAllocation(uuid: string): Promise<void> {
    this.#node = await this.conductor.db.write(async (tx) => {
      await deleteAllocation(tx, uuid);
      return nodeBy(tx, this.#node.uuid);
    });
  }

  async keepBios(settings: readonly BiosSetting[]): Promise<void> {
    await this.conductor.db.write((tx) => replaceBiosSettings(tx, this.#node.uuid, settings));
  }

  async keepFirmware(components: readonly FirmwareComponent[]): Promise<void> {
    const { uuid } = this.#node;
    await this.conductor.db.write(async (tx) => {
      for (const component of components) await saveFirmware(tx, uuid, component);
      const names = components.map((one) => one.component);
      await keepFirmware(tx, uuid, names);
    });
  }

  async notePort(uuid: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
    const port = this.#ports.find((p) => p.uuid === uuid);
    if (!port) return;
    const internal_info: Record<string, unknown> = { ...port.internal_info };
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined) delete internal_info[key];
      else internal_info[key] = value;
    }
    await this.conductor.db.write((tx) => savePort(tx, uuid, { internal_info }));
    this.#ports = this.#ports.map((p) => (p.uuid === uuid ? { ...p, internal_info } : p));
  }

  /** Do `work` while another node is held too, tried once. Throws NodeLocked. */
  alsoHold<T>(uuid: string, work: (task: HeldTask) => Promise<T>): Promise<T> {
    if (!this.#hold)
      throw new InvalidState({ why: `Node ${this.#node.uuid} is not held; no other can be held for it.` });
    return this.#hold(uuid, work);
  }

  powerTo(target: PowerTarget, timeoutSeconds?: number): Promise<void> {
    return powerWithFamily(this, target, timeoutSeconds);
  }

  bootFrom(device: BootDevice, persistent: boolean): Promise<void> {
    return bootFrom(this, device, persistent);
  }
}
