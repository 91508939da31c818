// What the house lends to its drivers: the services that are joined in main.ts.
import type { IpmiTransport } from '#protocols/ipmi/transport.ts';
import type { RedfishClient } from '#protocols/redfish/client.ts';
import type { AgentClient } from './agent/client.ts';
import type { BootMedia } from './boot-media.ts';
import type { SerialConsoles } from './ipmi/console/serial-consoles.ts';

/** Files that a machine meets when it boots from the network, per node (implemented on boot/ by main.ts). */
export interface NetworkBoot {
  /** False where no boot service runs: a network boot cannot be prepared then. */
  readonly serves: boolean;
  prepareRamdisk(order: RamdiskBoot): Promise<void>;
  prepareInstance(order: {
    uuid: string;
    macs: readonly string[];
    firmware: 'ipxe' | 'pxe';
    bootMode: 'uefi' | 'bios';
    /** The instance is this kernel and ramdisk, or this ISO; without it the machine goes on to its disk. */
    ramdisk?: InstanceRamdisk;
  }): Promise<void>;
  cleanUp(order: { uuid: string; macs: readonly string[] }): Promise<void>;
}

export type InstanceRamdisk =
  | { readonly kernel: string; readonly ramdisk: string; readonly args: readonly string[] }
  | { readonly iso: string };

export interface RamdiskBoot {
  readonly uuid: string;
  readonly macs: readonly string[];
  readonly firmware: 'ipxe' | 'pxe';
  readonly bootMode: 'uefi' | 'bios';
  readonly kernel: string;
  readonly ramdisk: string;
  readonly apiUrl: string;
  /** Further kernel arguments, each one word. */
  readonly args: readonly string[];
}

/** Images and config drives, ready for the ramdisk (implemented on boot/images/ by main.ts). */
export interface Images {
  /** The `image_info` of a write_image step, the image downloaded and checked first where the node's source asks for it. */
  imageInfo(order: ImageOrder): Promise<Record<string, unknown>>;
  /** Throws a declared error naming the field where `instance_info` does not describe a usable image. */
  validate(order: Omit<ImageOrder, 'signal' | 'onProgress'>): void;
  /** The node's own copies go; the cache keeps its masters. */
  cleanUp(uuid: string): Promise<void>;
}

export interface ImageOrder {
  readonly node: string;
  readonly instanceInfo: Readonly<Record<string, unknown>>;
  readonly driverInfo: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

/** Config drives in the form that the ramdisk takes. */
export interface ConfigDrives {
  /**
   * Base64 text or URL of the drive that `asked` describes: an object with meta_data, user_data, network_data and
   * vendor_data, packed base64 text, or a URL. Throws a declared error where it can be none of these.
   */
  make(asked: unknown, owner: { uuid: string; name: string | null }): string;
}

export interface House {
  /** Where ramdisks and clients reach the API, without a trailing slash. */
  readonly apiUrl: string;
  readonly ipmi: IpmiTransport;
  readonly consoles: SerialConsoles;
  readonly agents: AgentClient;
  readonly redfish: RedfishClient;
  readonly networkBoot: NetworkBoot;
  readonly bootMedia: BootMedia;
  readonly images: Images;
  readonly configDrives: ConfigDrives;
  /** Keeps the certificate that a node's agent announced, and returns its path. */
  keepCertificate(node: string, pem: string): Promise<string>;
  /** One sentence that says how far a node's boot came, from what was asked of the boot services since `since` (ms). */
  explainBoot(node: string, since: number): Promise<string>;
}
