// The BIOS of the simulated machines: its attributes, as their registry describes them.

export interface BiosAttribute {
  readonly name: string;
  readonly type: 'Enumeration' | 'Integer' | 'String';
  readonly usual: string | number;
  readonly values?: readonly string[];
  readonly lowest?: number;
  readonly highest?: number;
  readonly longest?: number;
  readonly readOnly?: true;
}

export const biosAttributes: readonly BiosAttribute[] = [
  { name: 'BootMode', type: 'Enumeration', usual: 'Uefi', values: ['Uefi', 'Bios'] },
  { name: 'ProcVirtualization', type: 'Enumeration', usual: 'Enabled', values: ['Enabled', 'Disabled'] },
  { name: 'ProcTurboMode', type: 'Enumeration', usual: 'Enabled', values: ['Enabled', 'Disabled'] },
  { name: 'SriovGlobalEnable', type: 'Enumeration', usual: 'Disabled', values: ['Enabled', 'Disabled'] },
  { name: 'NumaNodesPerSocket', type: 'Integer', usual: 1, lowest: 1, highest: 4 },
  { name: 'AssetTag', type: 'String', usual: '', longest: 63 },
  { name: 'SystemModelName', type: 'String', usual: 'Simulated Server S1', readOnly: true },
];

export type BiosValues = Readonly<Record<string, string | number>>;

export const usualBios: BiosValues = Object.fromEntries(biosAttributes.map(({ name, usual }) => [name, usual]));

/** Why a value may not be set, or undefined where it may. */
export function biosRefusal(name: string, value: unknown): string | undefined {
  const found = biosAttributes.find((attribute) => attribute.name === name);
  if (!found) return `there is no attribute ${name}`;
  if (found.readOnly) return `${name} is read-only`;
  if (found.type === 'Enumeration' && !found.values!.includes(String(value))) return `${name} cannot be ${value}`;
  if (
    found.type === 'Integer' &&
    !(Number.isInteger(value) && Number(value) >= found.lowest! && Number(value) <= found.highest!)
  )
    return `${name} must be a whole number from ${found.lowest} to ${found.highest}`;
  if (found.type === 'String' && !(typeof value === 'string' && value.length <= found.longest!))
    return `${name} must be a text of at most ${found.longest} characters`;
  return undefined;
}

/** The attribute registry (DSP0268 AttributeRegistry). */
export const biosRegistry = {
  '@odata.id': '/redfish/v1/Registries/SimBios/SimBios.json',
  '@odata.type': '#AttributeRegistry.v1_3_6.AttributeRegistry',
  Id: 'SimBios',
  Name: 'BIOS attribute registry',
  Language: 'en',
  OwningEntity: 'Ingot',
  RegistryVersion: '1.0.0',
  RegistryEntries: {
    Attributes: biosAttributes.map((one) => ({
      AttributeName: one.name,
      Type: one.type,
      DefaultValue: one.usual,
      ReadOnly: one.readOnly ?? false,
      ResetRequired: true,
      Immutable: false,
      ...(one.values && { Value: one.values.map((value) => ({ ValueName: value, ValueDisplayName: value })) }),
      ...(one.lowest !== undefined && { LowerBound: one.lowest, UpperBound: one.highest, ScalarIncrement: 1 }),
      ...(one.longest !== undefined && { MinLength: 0, MaxLength: one.longest }),
    })),
  },
};
