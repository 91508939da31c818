// What a node's boot file starts.

/** Where a kernel or ramdisk comes from: a file of this machine (linked into the node's folder) or a URL. */
export type BootImage = { readonly file: string } | { readonly url: string };

/** Label of the boot file that is the default: Ironic's names. */
export type BootLabel = 'deploy' | 'rescue' | 'boot_whole_disk' | 'boot_ramdisk' | 'boot_anaconda' | 'boot_iscsi';

/** `parameters` are kernel parameters as text, appended as they are after being checked. */
export type BootChoice =
  | {
      readonly label: 'deploy' | 'rescue';
      readonly kernel: BootImage;
      readonly ramdisk: BootImage;
      /** Where the agent finds the API: `ipa-api-url`. */
      readonly apiUrl: string;
      readonly requestId?: string;
      readonly parameters?: string;
    }
  | { readonly label: 'boot_whole_disk'; readonly diskIdentifier?: string }
  | {
      readonly label: 'boot_ramdisk';
      readonly kernel: BootImage;
      readonly ramdisk: BootImage;
      readonly parameters?: string;
    }
  /** compat: Ironic's label for it is that of kernel and ramdisk. */
  | { readonly label: 'boot_ramdisk'; readonly iso: BootImage }
  | {
      readonly label: 'boot_anaconda';
      readonly kernel: BootImage;
      readonly ramdisk: BootImage;
      /** URLs of the kickstart file and of the packages or stage 2. */
      readonly kickstart: string;
      readonly stage2?: string;
      readonly repository?: string;
      readonly parameters?: string;
    }
  | {
      readonly label: 'boot_iscsi';
      /** `iscsi:<server>::<port>:<lun>:<iqn>`; the first is booted from. */
      readonly targets: readonly string[];
      readonly initiator?: string;
    };

/** Names of the images in the node's folder, per label. */
export const imageNames: Readonly<Record<BootLabel, { kernel: string; ramdisk: string }>> = {
  deploy: { kernel: 'deploy_kernel', ramdisk: 'deploy_ramdisk' },
  rescue: { kernel: 'rescue_kernel', ramdisk: 'rescue_ramdisk' },
  boot_ramdisk: { kernel: 'kernel', ramdisk: 'ramdisk' },
  boot_anaconda: { kernel: 'kernel', ramdisk: 'ramdisk' },
  boot_whole_disk: { kernel: 'kernel', ramdisk: 'ramdisk' },
  boot_iscsi: { kernel: 'kernel', ramdisk: 'ramdisk' },
};

/** Name of an ISO in the node's folder. */
export const isoName = 'boot_iso';

/** The kernel parameters that a choice stands for, as text; `bootif` is how the dialect names the MAC booted from. */
export function parametersOf(choice: BootChoice, bootif: string | undefined): string {
  const words: (string | undefined | false)[] = [];
  if (choice.label === 'deploy' || choice.label === 'rescue') {
    words.push('selinux=0 troubleshoot=0 text', choice.parameters, `ipa-api-url=${choice.apiUrl}`);
    words.push(choice.requestId && `ipa-global-request-id=${choice.requestId}`);
    words.push(bootif && `BOOTIF=${bootif}`);
  } else if (choice.label === 'boot_ramdisk') {
    if ('kernel' in choice) words.push('root=/dev/ram0 text', choice.parameters);
  } else if (choice.label === 'boot_anaconda') {
    words.push('text', choice.parameters, `inst.ks=${choice.kickstart}`);
    words.push(choice.stage2 && `inst.stage2=${choice.stage2}`, choice.repository && `inst.repo=${choice.repository}`);
    words.push(bootif && `BOOTIF=${bootif}`);
  }
  return words.filter(Boolean).join(' ');
}
