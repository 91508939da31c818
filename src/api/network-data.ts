import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { InvalidParameterValue } from '#contract/errors.ts';
import { networkDataSchema } from '#contract/network-data-schema.ts';

const ajv = new Ajv({ strict: false, allErrors: false });
addFormats.default(ajv);
const fits = ajv.compile(networkDataSchema);

/** Throws 400 unless the document is network configuration in nova's form. */
export function checkNetworkData(document: unknown): void {
  if (fits(document)) return;
  throw new InvalidParameterValue({
    why: `network_data: ${ajv.errorsText(fits.errors, { dataVar: 'the document' })}.`,
  });
}
