import { Ajv } from 'ajv';
import { InvalidParameterValue } from '#contract/errors.ts';
import { typeName } from '#contract/values.ts';

const levels = ['JBOD', '0', '1', '2', '5', '6', '1+0', '5+0', '6+0'];

/** The form of a target RAID configuration. JSON Schema, draft 7. */
const schema = {
  type: 'object',
  required: ['logical_disks'],
  additionalProperties: false,
  properties: {
    logical_disks: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['raid_level', 'size_gb'],
        additionalProperties: false,
        dependentRequired: { physical_disks: ['controller'] },
        properties: {
          raid_level: { enum: levels },
          size_gb: { anyOf: [{ type: 'integer', minimum: 0 }, { const: 'MAX' }] },
          volume_name: { type: 'string' },
          is_root_volume: { type: 'boolean' },
          share_physical_disks: { type: 'boolean' },
          disk_type: { enum: ['hdd', 'ssd'] },
          interface_type: { enum: ['sata', 'scsi', 'sas'] },
          number_of_physical_disks: { type: 'integer', minimum: 1 },
          controller: { type: 'string' },
          physical_disks: {
            anyOf: [
              { type: 'array', items: { type: 'string' } },
              { type: 'array', items: { type: 'object' }, minItems: 2 },
            ],
          },
        },
      },
    },
  },
};

const ajv = new Ajv({ strict: false });
const fits = ajv.compile(schema);

/** The target RAID configuration of a body; {} takes it away. Throws 400. */
export function readRaidConfig(body: unknown): Readonly<Record<string, unknown>> {
  const wrong = (why: string) => new InvalidParameterValue({ why: `RAID configuration: ${why}.` });
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw wrong(`an object is accepted, not ${typeName(body)}`);
  if (Object.keys(body).length === 0) return {};
  if (!fits(body)) throw wrong(ajv.errorsText(fits.errors, { dataVar: 'the document' }));
  const { logical_disks: disks } = body as { logical_disks: { is_root_volume?: boolean }[] };
  const roots = disks.filter((disk) => disk.is_root_volume).length;
  if (roots > 1) throw wrong(`${roots} root volumes are named, one can be`);
  return body as Record<string, unknown>;
}
