// A machine of Redfish is looked at by the same tick as any other.
import { afterEach, expect, test, vi } from 'vitest';
import { openRedfishSite, type RedfishSite } from '../../setup/redfish-site.ts';

let site: RedfishSite;
afterEach(() => site?.close());

const soon = { timeout: 30_000, interval: 50 };

test('by Redfish too: the record follows the machine, how it boots and how it is, and a silent BMC is told apart', async () => {
  site = await openRedfishSite({
    sets: [
      'conductor.sync_power_state_interval=1',
      'conductor.force_power_state_during_sync=false',
      'conductor.power_state_sync_max_retries=0',
      'conductor.power_failure_recovery_interval=1',
    ],
    rack: { redfishTls: false },
  });
  const { name } = site.rack.descriptions[0]!;
  const { uuid } = await site.enrollBare(name);
  await site.provision(name, 'manage');
  await site.until(name, 'manageable');
  const machine = site.rack.machine(name);
  const holds = (facts: object) => vi.waitFor(async () => expect(await site.node(name)).toMatchObject(facts), soon);

  for (const to of ['on', 'off'] as const) {
    await machine.set(to);
    await holds({ power_state: `power ${to}`, maintenance: false });
  }
  await holds({ boot_mode: 'uefi', secure_boot: expect.any(Boolean), health: 'OK' });

  machine.hardware.faults.set('silent', true);
  await holds({ maintenance: true, fault: 'power failure', power_state: null });
  await machine.set('on');
  machine.hardware.faults.delete('silent');
  await holds({ maintenance: false, fault: null, power_state: 'power on' });
  const { history } = await site.api<{ history: { event: string }[] }>('GET', `/v1/nodes/${uuid}/history`);
  expect(history.map(({ event }) => event).join()).toContain('could not be read');
});
