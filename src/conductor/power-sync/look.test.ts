import { afterEach, expect, test } from 'vitest';
import { lookedAtColumns } from '#db/power-looks.ts';
import type { NodeRow } from '#db/schema.ts';
import { type Bench, by, conductorBench } from '../../../test/setup/conductor.ts';
import { newFacts } from './facts.ts';
import { canBeRead, lookAtPower, onlooker } from './look.ts';
import { newPowerWatch } from './watch.ts';

let bench: Bench;
afterEach(() => bench.close());

const drivers = {
  ipmi: { ipmi_address: '192.0.2.1', ipmi_username: 'admin', ipmi_password: 'secret' },
  redfish: { redfish_address: 'https://192.0.2.1', redfish_username: 'admin', redfish_password: 'secret' },
  'fake-hardware': {},
};

for (const [driver, driver_info] of Object.entries(drivers))
  test(`a look at a node of ${driver} uses nothing of it but what is read for looks`, async () => {
    const absent = () => {
      throw new Error('nobody is there');
    };
    const nobody = new Proxy({}, { get: () => absent });
    bench = await conductorBench({
      sets: [
        'DEFAULT.enabled_hardware_types=ipmi,redfish,fake-hardware',
        'DEFAULT.enabled_power_interfaces=ipmitool,redfish,fake',
        'DEFAULT.enabled_management_interfaces=ipmitool,redfish,fake',
        'DEFAULT.enabled_firmware_interfaces=fake,no-firmware',
      ],
      house: { ipmi: { bmc: () => nobody, close: async () => {} } as never, redfish: nobody as never },
    });
    const row = await bench.enroll({ driver, driver_info, provision_state: 'active' });
    const used = new Set<string>();
    const watched = new Proxy<NodeRow>(row, {
      get(node, column) {
        used.add(String(column));
        return node[column as keyof NodeRow];
      },
    });
    const task = onlooker(bench.conductor, watched, by);
    await canBeRead(task);
    await lookAtPower(task);
    await newFacts(task, watched, newPowerWatch());
    expect([...used].filter((column) => !(lookedAtColumns as readonly string[]).includes(column))).toEqual([]);
  });
