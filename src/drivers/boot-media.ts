// Virtual media for BMCs to fetch: what drivers ask of boot/media/, which main.ts joins.

/** What is on a medium. */
export type MediumContent =
  /** An image that is there already, by http, https or file URL; `checksum` in hexadecimal tells its algorithm by its length. */
  | { readonly is: 'given'; readonly url: string; readonly checksum?: string }
  /** A config drive, as the instance has it: base64 text, compressed or not. */
  | { readonly is: 'drive'; readonly text: string }
  /** An ISO to be made: it boots the kernel with the ramdisk and the arguments. */
  | {
      readonly is: 'ramdisk';
      readonly kernel: string;
      readonly ramdisk: string;
      /** Kernel arguments, each one word. */
      readonly args: readonly string[];
      readonly bootMode: 'uefi' | 'bios';
      readonly publisher?: string;
      /** URL or path of an EFI system partition image. */
      readonly bootloader?: string;
      readonly networkData?: object;
    };

/** For what a node has a medium: booting, or a drive that a user filled. */
export type MediumSlot = 'boot' | 'cdrom' | 'disk' | 'floppy' | 'firmware';

export interface MediumOrder {
  readonly node: string;
  readonly slot: MediumSlot;
  readonly content: MediumContent;
  /** Where the BMC reaches our HTTP server; as the configuration says where absent. */
  readonly baseUrl?: string;
  readonly signal: AbortSignal;
}

export interface BootMedia {
  /**
   * Publish what `order` describes under a name that nobody can guess, and return its URL; what was published before for
   * the node and slot goes. Throws a declared error that names what is missing.
   */
  publish(order: MediumOrder): Promise<string>;
  /** What was published for the node and slot goes. */
  withdraw(node: string, slot: MediumSlot): Promise<void>;
}
