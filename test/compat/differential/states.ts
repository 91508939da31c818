// What hangs on one node: power, console, RAID, boot, traits, VIFs, media, indicators, vendors' methods, records.
import { oddValues } from './odd-values.ts';
import type { Script } from './script.ts';

export function states(s: Script): void {
  const node = s.uuid();
  s.ask('POST', '/v1/nodes', { uuid: node, driver: 'fake-hardware', name: 'host' });
  const path = `/v1/nodes/${node}`;
  const put = (tail: string, body: unknown, minor = 115) =>
    s.ask('PUT', `${path}${tail}`, body, { minor, settle: node });
  const keyed: [string, string, number][] = [
    ['/states/power', 'target', 1],
    ['/states/console', 'enabled', 1],
    ['/states/boot_mode', 'target', 76],
    ['/states/secure_boot', 'target', 76],
    ['/states/provision', 'target', 1],
    ['/management/boot_device', 'boot_device', 1],
    ['/maintenance', 'reason', 1],
    ['/traits', 'traits', 37],
    ['/states/raid', 'logical_disks', 12],
    ['/management/indicators/led@chassis', 'state', 63],
  ]; // prettier-ignore
  for (const [tail, key, since] of keyed) {
    for (const value of oddValues) put(tail, { [key]: value });
    for (const body of [null, [], {}, 'x', 1, { [key]: 'x', bogus: 1 }, { [key.toUpperCase()]: 'x' }]) put(tail, body);
    s.ask('PUT', `${path}${tail}?${key}=x`, undefined, { settle: node });
    s.ask('PUT', `${path}${tail}?${key}=true`, { [key]: 'false' }, { settle: node });
    for (const raw of ['', '{', 'x=1', `{"${key}": "a", "${key}": "b"}`])
      s.ask('PUT', `${path}${tail}`, undefined, { raw, settle: node });
    if (since > 1) put(tail, { [key]: 'x' }, since - 1);
    for (const method of ['POST', 'PATCH', 'DELETE', 'HEAD'])
      if (tail !== '/maintenance' || method !== 'DELETE')
        s.ask(method, `${path}${tail}`, method === 'HEAD' ? undefined : {});
    s.ask('PUT', `/v1/nodes/nope${tail}`, { [key]: 'x' });
    s.ask('PUT', `/v1/nodes/host${tail}`, { [key]: 'x' }, { minor: 4 });
    s.ask('GET', path, undefined, { settle: node });
  }
  power(s, node);
  traits(s, path);
  vifs(s, node);
  management(s, node);
  vendor(s, path);
  records(s, path);
}

function power(s: Script, node: string): void {
  const path = `/v1/nodes/${node}`;
  for (const target of ['power on', 'power off', 'rebooting', 'soft power off', 'soft rebooting', 'reboot', 'POWER ON'])
    for (const timeout of [undefined, null, 1, '2', 0, -1, 1.5, 'x', true, [], 99999999999])
      for (const minor of timeout === undefined || timeout === 1 ? [115, 27, 26, 1] : [115])
        s.ask(
          'PUT',
          `${path}/states/power`,
          { target, ...(timeout !== undefined && { timeout }) },
          { minor, settle: node },
        );
  s.ask('GET', `${path}/states`, undefined, { settle: node });
  s.ask('PATCH', path, [{ op: 'add', path: '/disable_power_off', value: true }]);
  for (const target of ['power off', 'rebooting', 'soft power off', 'power on'])
    s.ask('PUT', `${path}/states/power`, { target }, { settle: node });
  s.ask('PATCH', path, [{ op: 'add', path: '/disable_power_off', value: false }], { settle: node });
  for (const tail of ['', '/power', '/provision', '/raid', '/console', '/boot_mode', '/secure_boot', '/nope'])
    for (const minor of [115, 75, 11]) s.ask('GET', `${path}/states${tail}`, undefined, { minor });
  for (let minor = 1; minor <= 115; minor += 6) s.ask('GET', `${path}/states`, undefined, { minor });
  s.ask('GET', `${path}/states?fields=power_state`);
}

function traits(s: Script, path: string): void {
  const names = [
    'CUSTOM_A',
    'custom_a',
    'HW_CPU_X86_VMX',
    'HW_NOPE',
    'CUSTOM_',
    'CUSTOM_a',
    'CUSTOM_A-B',
    'CUSTOM_A%20B',
    'CUSTOM_1',
    'C',
    '1',
    `CUSTOM_${'A'.repeat(248)}`,
    `CUSTOM_${'A'.repeat(249)}`,
    'CUSTOM_%C3%9C',
    'COMPUTE_STATUS_DISABLED',
    'traits',
  ]; // prettier-ignore
  for (const name of names) {
    s.ask('PUT', `${path}/traits/${name}`);
    s.ask('PUT', `${path}/traits`, { traits: [decodeURI(name)] });
    s.ask('GET', `${path}/traits`);
    s.ask('DELETE', `${path}/traits/${name}`);
    s.ask('DELETE', `${path}/traits/${name}`);
    s.ask('GET', `${path}/traits/${name}`);
  }
  const many = (count: number) => Array.from({ length: count }, (_, n) => `CUSTOM_${n}`);
  for (const list of [many(49), many(50), many(51), ['CUSTOM_A', 'CUSTOM_A'], [null], [1], [['CUSTOM_A']]])
    s.ask('PUT', `${path}/traits`, { traits: list });
  s.ask('PUT', `${path}/traits`, { traits: many(50) });
  s.ask('PUT', `${path}/traits/CUSTOM_0`);
  s.ask('PUT', `${path}/traits/CUSTOM_MORE`);
  s.ask('PUT', `${path}/traits`, { traits: [], bogus: 1 });
  s.ask('PUT', `${path}/traits/CUSTOM_A`, {});
  s.ask('PUT', `${path}/traits/CUSTOM_A`, { traits: [] });
  s.ask('PUT', `${path}/traits/CUSTOM_A?bogus=1`);
  s.ask('PUT', `${path}/traits/CUSTOM_A/CUSTOM_B`);
  s.ask('GET', `${path}/traits?fields=traits`);
  s.ask('GET', `${path}?fields=traits`);
  for (const minor of [36, 37])
    for (const method of ['GET', 'PUT', 'DELETE'])
      s.ask(method, `${path}/traits`, method === 'PUT' ? { traits: ['CUSTOM_B'] } : undefined, { minor });
  s.ask('DELETE', `${path}/traits`);
  s.ask('DELETE', `${path}/traits`);
}

function vifs(s: Script, node: string): void {
  const path = `/v1/nodes/${node}/vifs`;
  const [port, group] = [s.uuid(), s.uuid()];
  s.ask('POST', '/v1/portgroups', { uuid: group, node_uuid: node, name: 'bond', address: s.mac() });
  s.ask('POST', '/v1/ports', { uuid: port, node_uuid: node, address: s.mac() });
  for (const value of oddValues) s.ask('POST', path, { id: value });
  for (const key of ['port_uuid', 'portgroup_uuid'])
    for (const value of [...oddValues.slice(0, 20), port, group]) s.ask('POST', path, { id: 'v', [key]: value });
  for (const body of [
    null,
    [],
    {},
    'x',
    { id: 'v', more: { a: 1 } },
    { port_uuid: port },
    { id: 'v', port_uuid: port, portgroup_uuid: group },
  ])
    s.ask('POST', path, body);
  for (const minor of [27, 28, 66, 67]) {
    s.ask('GET', path, undefined, { minor });
    s.ask('POST', path, { id: 'w', port_uuid: port }, { minor });
    s.ask('POST', path, { id: 'w', port_uuid: port, portgroup_uuid: group }, { minor });
    s.ask('DELETE', `${path}/w`, undefined, { minor });
  }
  for (const tail of ['', '/nope', '/x', '/a/b'])
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
      s.ask(method, `${path}${tail}`, method === 'GET' || method === 'DELETE' ? undefined : {});
  s.ask('GET', `/v1/ports/${port}`);
  s.ask('DELETE', `/v1/ports/${port}`);
  s.ask('DELETE', `/v1/portgroups/${group}`);
}

function management(s: Script, node: string): void {
  const path = `/v1/nodes/${node}/management`;
  const devices = ['pxe', 'disk', 'cdrom', 'bios', 'safe', 'wanboot', 'PXE', 'floppy', ''];
  for (const boot_device of devices)
    for (const persistent of [undefined, true, 'false', 'x', null, 1])
      s.ask('PUT', `${path}/boot_device`, { boot_device, ...(persistent !== undefined && { persistent }) });
  for (const tail of [
    '',
    '/boot_device',
    '/boot_device/supported',
    '/boot_device/nope',
    '/inject_nmi',
    '/indicators',
    '/indicators/x',
    '/indicators/x@y',
    '/indicators/led@chassis',
    '/indicators/led@system',
    '/indicators/led-0@chassis',
    '/indicators/@',
    '/nope',
  ])
    for (const minor of [115, 62, 28, 1]) s.ask('GET', `${path}${tail}`, undefined, { minor });
  for (const body of [undefined, null, {}, [], { a: 1 }, 'x'])
    for (const minor of [115, 29, 28]) s.ask('PUT', `${path}/inject_nmi`, body, { minor });
  for (const ident of ['x', 'x@y', 'led@system', 'led-0@chassis', '@', 'a@b@c'])
    for (const state of ['ON', 'off', 'on', 'blinking', 'x', null])
      s.ask('PUT', `${path}/indicators/${ident}`, { state });
  for (const mode of ['uefi', 'bios', 'UEFI', 'x'])
    s.ask('PUT', `/v1/nodes/${node}/states/boot_mode`, { target: mode }, { settle: node });
  for (const target of [true, false, 'on', 'x'])
    s.ask('PUT', `/v1/nodes/${node}/states/secure_boot`, { target }, { settle: node });
  s.ask('GET', `/v1/nodes/${node}/states`, undefined, { settle: node });
  const media = `/v1/nodes/${node}/vmedia`;
  const good = { device_type: 'cdrom', image_url: 'http://127.0.0.1/x.iso' };
  for (const key of ['device_type', 'image_url', 'image_download_source', 'bogus'])
    for (const value of [...oddValues.slice(0, 16), 'disk', 'floppy', 'http', 'local', 'swift', 'file:///etc/passwd'])
      s.ask('POST', media, { ...good, [key]: value });
  for (const minor of [88, 89, 92, 93])
    for (const method of ['GET', 'POST', 'DELETE'])
      s.ask(method, media, method === 'POST' ? good : undefined, { minor });
  for (const types of ['', 'cdrom', 'cdrom,disk', 'x', 'CDROM', 'cdrom,cdrom'])
    s.ask('DELETE', `${media}?device_types=${types}`);
  s.ask('DELETE', `${media}?bogus=1`);
  s.ask('DELETE', media, { device_types: ['cdrom'] });
}

function vendor(s: Script, path: string): void {
  const calls = [
    '',
    '?method=',
    '?method=nope',
    '/nope',
    '?method=first_method',
    '/first_method',
    '/first_method/x',
    '?method=second_method',
    '/third_method_sync',
    '/fourth_method_shared_lock',
    '/bmc_reset',
    '/log_passthrough',
    '/trigger_servicing',
    '/methods',
    '?method=FIRST_METHOD',
  ]; // prettier-ignore
  for (const call of calls)
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      s.ask(method, `${path}/vendor_passthru${call}`, method === 'GET' ? undefined : {});
      if (method !== 'GET') s.ask(method, `${path}/vendor_passthru${call}`, { bar: 'meow', fail: false });
    }
  for (const body of [{ bar: 'kazoo' }, { bar: 1 }, { bar: 'meow', bogus: 1 }, [], 'x', null, undefined])
    s.ask('POST', `${path}/vendor_passthru/first_method`, body);
  s.ask('GET', '/v1/nodes/nope/vendor_passthru/methods');
  s.ask('GET', `${path}/vendor_passthru/methods?bogus=1`);
}

function records(s: Script, path: string): void {
  const ask = (tail: string, minor = 115) => s.ask('GET', `${path}${tail}`, undefined, { minor });
  for (const [tail, since] of [
    ['/bios', 40],
    ['/firmware', 86],
    ['/inventory', 81],
    ['/children', 83],
    ['/volume', 32],
    ['/volume/connectors', 32],
    ['/volume/targets', 32],
    ['/allocation', 52],
    ['/vmedia', 93],
    ['/vifs', 28],
  ] as const) {
    for (const minor of [since - 1, since, 115]) ask(tail, minor);
    for (const query of [
      '?bogus=1',
      '?detail=true',
      '?detail=x',
      '?fields=uuid',
      '?fields=name',
      '?fields=nope',
      '?limit=1',
      '?limit=x',
      '?marker=x',
      '?sort_key=uuid',
      '?sort_key=nope',
      '?sort_dir=up',
      '?node=host',
      '?project=x',
    ])
      ask(`${tail}${query}`);
    for (const more of ['/x', '/x/y', '/', '.json']) ask(`${tail}${more}`);
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'])
      if (method !== 'DELETE' || tail !== '/allocation')
        s.ask(method, `${path}${tail}`, method === 'DELETE' || method === 'HEAD' ? undefined : {});
    s.ask('GET', `/v1/nodes/nope${tail}`);
    s.ask('GET', `/v1/nodes/host${tail}`);
  }
  for (const minor of [73, 74]) ask('/bios?detail=true', minor);
  for (const minor of [85, 86, 113, 114]) ask('/firmware?fields=vendor', minor);
}
