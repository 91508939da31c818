import { expect, test } from 'vitest';
import type { Task } from '../kinds.ts';
import { ipmiInfo } from './info.ts';

const config = { ipmi: { cipher_suite_versions: ['3', '17'], disable_boot_timeout: true } };
const infoOf = (fields: Record<string, unknown>) =>
  ipmiInfo({ node: { uuid: 'n1', driver_info: fields }, config } as unknown as Task);
const bmc = { ipmi_address: '10.0.0.17' };
const target = { ipmi_target_channel: '0', ipmi_target_address: '0x82' };
const transit = { ipmi_transit_channel: 7, ipmi_transit_address: 0x72 };

test('what is not said has its usual value', () => {
  expect(infoOf(bmc)).toMatchObject({
    port: 623,
    username: '',
    protocol: '2.0',
    privilege: 'administrator',
    kg: undefined,
    cipherSuites: [17, 3],
    bridge: undefined,
    disableBootTimeout: true,
    forceBootDevice: false,
  });
});

test.each([
  [{ ipmi_protocol_version: '1.5' }, { protocol: '1.5' }],
  [{ ipmi_protocol_version: 1.5 }, { protocol: '1.5' }],
  [{ ipmi_port: '6230' }, { port: 6230 }],
  [{ ipmi_priv_level: 'OPERATOR' }, { privilege: 'operator' }],
  [{ ipmi_cipher_suite: '3' }, { cipherSuites: [3] }],
  [{ ipmi_hex_kg_key: '00'.repeat(20) }, { kg: Buffer.alloc(20) }],
  [{ ipmi_disable_boot_timeout: 'no' }, { disableBootTimeout: false }],
  [{ ipmi_force_boot_device: 'True' }, { forceBootDevice: true }],
  [
    { ipmi_bridging: 'single', ...target, ...transit, ipmi_local_address: '0x20' },
    { bridge: { local: 0x20, transit: undefined, target: { channel: 0, address: 0x82 } } },
  ],
  [
    { ipmi_bridging: 'dual', ...target, ...transit },
    { bridge: { local: undefined, transit: { channel: 7, address: 0x72 }, target: { channel: 0, address: 0x82 } } },
  ],
  [{ ipmi_bridging: 'no', ipmi_target_address: 'x' }, { bridge: undefined }],
])('%j is read', (fields, read) => expect(infoOf({ ...bmc, ...fields })).toMatchObject(read));

test.each([
  [{ ipmi_address: '' }, 'MissingParameterValue', /ipmi_address/],
  [{ ipmi_address: '10.0.0.17; reboot' }, 'InvalidParameterValue', /ipmi_address/],
  [{ ipmi_port: '70000' }, 'InvalidParameterValue', /ipmi_port/],
  [{ ipmi_priv_level: 'ROOT' }, 'InvalidParameterValue', /ipmi_priv_level.*CALLBACK/],
  [{ ipmi_cipher_suite: '8' }, 'InvalidParameterValue', /ipmi_cipher_suite/],
  [{ ipmi_hex_kg_key: 'xyz' }, 'InvalidParameterValue', /40 hexadecimal digits/],
  [{ ipmi_protocol_version: '3' }, 'InvalidParameterValue', /2\.0, 1\.5/],
  [{ ipmi_bridging: 'triple' }, 'InvalidParameterValue', /no, single, dual/],
  [{ ipmi_bridging: 'single' }, 'MissingParameterValue', /ipmi_target_channel.*single bridging/],
  [{ ipmi_bridging: 'dual', ...target }, 'MissingParameterValue', /ipmi_transit_channel.*dual bridging/],
  [{ ipmi_bridging: 'single', ...target, ipmi_target_channel: '16' }, 'InvalidParameterValue', /0 to 15/],
  [{ ipmi_bridging: 'single', ...target, ipmi_target_address: '0x100' }, 'InvalidParameterValue', /0 to 255/],
  [{ ipmi_bridging: 'single', ...target, ipmi_local_address: 'x' }, 'InvalidParameterValue', /ipmi_local_address/],
])('%j is refused', (fields, name, why) => {
  const read = () => infoOf({ ...bmc, ...fields });
  expect(read).toThrow(why);
  expect(read).toThrow(expect.objectContaining({ name }));
});
