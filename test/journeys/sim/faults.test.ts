import { afterEach, expect, test } from 'vitest';
import { openSite, type Site } from '../../setup/site.ts';

// Every fault ends in the right state, with a reason that names the cause.

const quick = [
  'ipmi.command_retry_timeout=3',
  'conductor.power_state_change_timeout=3',
  'conductor.deploy_callback_timeout=8',
  'conductor.clean_callback_timeout=8',
  'conductor.node_locked_retry_attempts=5',
  'agent.command_timeout=5',
  'agent.post_deploy_get_power_state_retries=1',
  'agent.post_deploy_get_power_state_retry_interval=1',
];

let site: Site | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
});

async function open(...faults: string[]): Promise<{ site: Site; name: string }> {
  // What is lost is sent again after a second or two: a lossy line needs the usual patience.
  const patient = faults.some((fault) => fault.startsWith('loss')) ? ['ipmi.command_retry_timeout=60'] : [];
  site = await openSite({ machines: 1, sets: [...quick, ...patient], rack: { faults }, imageBytes: 512 * 1024 });
  return { site, name: site.rack.descriptions[0]!.name };
}

async function manageable(on: Site, name: string): Promise<void> {
  await on.enroll(name);
  await on.provision(name, 'manage');
  await on.until(name, 'manageable');
}

async function available(on: Site, name: string): Promise<void> {
  await manageable(on, name);
  await on.provision(name, 'provide');
  await on.until(name, 'available');
}

/** Rests in `state` with a last_error; the error is returned. */
async function failsIn(on: Site, name: string, state: string): Promise<string> {
  for (;;) {
    const seen = await on.node(name);
    if (seen.provision_state === state && seen.reservation === null && seen.last_error) return seen.last_error;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

test('a slow and lossy BMC is managed all the same', async () => {
  const { site, name } = await open('latency=60ms', 'loss=10%');
  await available(site, name);
  await site.provision(name, 'active');
  expect(await site.until(name, 'active')).toMatchObject({ power_state: 'power on' });
});

test('a BMC with one session slot and one that loses replies after power commands are managed', async () => {
  const { site, name } = await open('sessions=1', 'drop-reply-after-power');
  await available(site, name);
  await site.provision(name, 'active');
  expect(await site.until(name, 'active')).toMatchObject({ power_state: 'power on' });
});

test('a silent BMC: enroll, with its address and how long it was asked', async () => {
  const { site, name } = await open('silent');
  await site.enroll(name);
  await site.provision(name, 'manage');
  const { port } = site.rack.descriptions[0]!;
  expect(await failsIn(site, name, 'enroll')).toMatch(
    new RegExp(`127\\.0\\.0\\.1:${port}.*(no answer|did not answer|unanswered|silent)`, 'i'),
  );
});

test('a wrong password: enroll, and the reason says so', async () => {
  const { site, name } = await open();
  await site.enroll(name, { ipmi_password: 'mistaken' });
  await site.provision(name, 'manage');
  expect(await failsIn(site, name, 'enroll')).toMatch(/password|user name/i);
});

test('stuck power: the deployment fails and says what the BMC still tells', async () => {
  const { site, name } = await open();
  await available(site, name);
  site.rack.machine(name).hardware.faults.set('stuck-power', 'any');
  await site.provision(name, 'active');
  expect(await failsIn(site, name, 'deploy failed')).toMatch(/still says "power off"/);
});

test('an agent that never calls: the time-out tells how far the boot came', async () => {
  const { site, name } = await open('agent-never-starts');
  await manageable(site, name);
  await site.provision(name, 'provide');
  const why = await failsIn(site, name, 'clean failed');
  expect(why).toMatch(/timeout reached: waited \d+ s for the ramdisk to boot/);
  expect(why).toMatch(/kernel|ramdisk|script/);
  expect(await site.node(name)).toMatchObject({ maintenance: false, fault: null });
});

test('a BMC that forgets the boot device: the time-out says that nothing was asked of the boot services', async () => {
  const { site, name } = await open('forget-boot-flag');
  await manageable(site, name);
  await site.provision(name, 'provide');
  expect(await failsIn(site, name, 'clean failed')).toMatch(/timeout reached/);
});

test('a cleaning step that fails: clean failed, maintenance, and what the ramdisk said', async () => {
  const { site, name } = await open('agent-step-fails=erase_devices_metadata');
  await manageable(site, name);
  await site.provision(name, 'provide');
  expect(await failsIn(site, name, 'clean failed')).toMatch(/deploy\.erase_devices_metadata failed: the ramdisk says/);
  expect(await site.node(name)).toMatchObject({ maintenance: true, fault: 'clean failure' });
});

test('an agent that dies while it writes: deploy failed, by time-out, with the step and the last heartbeat', async () => {
  const { site, name } = await open('agent-dies-in=write_image');
  await available(site, name);
  await site.provision(name, 'active');
  expect(await failsIn(site, name, 'deploy failed')).toMatch(/write the image/);
  expect(await site.until(name, 'deploy failed')).toMatchObject({ power_state: 'power off' });
});

test('an image server that breaks off: deploy failed, then a second try succeeds', async () => {
  const { site, name } = await open();
  await available(site, name);
  site.breakImageAfter(100_000);
  await site.provision(name, 'active');
  expect(await failsIn(site, name, 'deploy failed')).toMatch(/write_image failed/);
  site.breakImageAfter(undefined);
  await site.provision(name, 'active');
  expect(await site.until(name, 'active')).toMatchObject({ last_error: null });
});

test('a wrong checksum: deploy failed, and undeploy gives the machine back', async () => {
  const { site, name } = await open();
  await available(site, name);
  await site.api('PATCH', `/v1/nodes/${name}`, [
    { op: 'replace', path: '/instance_info/image_checksum', value: 'f'.repeat(64) },
  ]);
  await site.provision(name, 'active');
  expect(await failsIn(site, name, 'deploy failed')).toMatch(/checksum/i);
  await site.provision(name, 'deleted');
  expect(await site.until(name, 'available')).toMatchObject({ last_error: null });
});

test('abort while the ramdisk boots: clean failed without maintenance, then manageable again', async () => {
  const { site, name } = await open('agent-never-starts');
  await manageable(site, name);
  await site.provision(name, 'provide');
  for (;;) {
    const seen = await site.node(name);
    if (seen.provision_state === 'clean wait' && seen.reservation === null) break;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await site.provision(name, 'abort');
  expect(await failsIn(site, name, 'clean failed')).toMatch(/broken off by request/);
  expect(await site.node(name)).toMatchObject({ maintenance: false });
  await site.provision(name, 'manage');
  await site.until(name, 'manageable');
});
