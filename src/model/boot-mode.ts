/** What of a node decides its boot mode. */
export interface BootModeFacts {
  readonly instance_info: Readonly<Record<string, unknown>>;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly boot_mode: string | null;
}

/** The boot mode of a machine: what was asked for, else what is known, else the default (reference: conductor.md P126). */
export function bootModeOf(node: BootModeFacts, fallback: string): 'uefi' | 'bios' {
  const instance = capabilitiesOf(node.instance_info.capabilities);
  const own = capabilitiesOf(node.properties.capabilities);
  if (instance.secure_boot === 'true' || own.secure_boot === 'true') return 'uefi';
  const word = instance.boot_mode ?? node.instance_info.deploy_boot_mode ?? own.boot_mode ?? node.boot_mode ?? fallback;
  return word === 'bios' ? 'bios' : 'uefi';
}

/** Capabilities are an object, JSON text, or `key:value,key:value`. */
export function capabilitiesOf(value: unknown): Readonly<Record<string, string>> {
  if (typeof value === 'object' && value !== null) return value as Record<string, string>;
  if (typeof value !== 'string') return {};
  if (value.trimStart().startsWith('{')) {
    try {
      return JSON.parse(value) as Record<string, string>;
    } catch {
      return {};
    }
  }
  const pairs = value.split(',').map((pair) => pair.split(':', 2) as [string, string | undefined]);
  return Object.fromEntries(pairs.filter(([k, v]) => k && v !== undefined).map(([k, v]) => [k.trim(), v!.trim()]));
}
