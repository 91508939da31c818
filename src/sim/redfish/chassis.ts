// The case of a machine: its lamp and its sensors.
import { reading, sensors } from '../sensors.ts';
import type { Around, BoardRoute, Meant } from './around.ts';
import { type Answer, badValue, health, type Json, link, nothing, ok, resource } from './reply.ts';

function show({ board, paths }: Meant): Json {
  const { identity } = board.machine.hardware;
  return resource(paths.chassis, 'Chassis.v1_23_0.Chassis', identity.name, `Chassis of ${identity.name}`, {
    ChassisType: 'RackMount',
    Manufacturer: identity.vendor,
    Model: identity.product,
    SerialNumber: identity.serial,
    AssetTag: identity.assetTag,
    PowerState: board.machine.power() === 'on' ? 'On' : 'Off',
    IndicatorLED: board.chassisLed,
    Status: health,
    Thermal: link(`${paths.chassis}/Thermal`),
    Power: link(`${paths.chassis}/Power`),
    Links: { ComputerSystems: [link(paths.system)], ManagedBy: [link(paths.manager)] },
  });
}

function patch({ board }: Meant, { IndicatorLED: led }: Json): Answer {
  if (led !== 'Lit' && led !== 'Blinking' && led !== 'Off') return badValue('IndicatorLED', led);
  board.chassisLed = led;
  return nothing;
}

function read(
  { board }: Meant,
  { clock }: Around,
  kind: string,
): { name: string; number: number; value: number | null }[] {
  const { machine } = board;
  return sensors
    .filter((sensor) => sensor.kind === kind)
    .map((sensor) => {
      const value = reading(sensor, machine.power(), machine.hardware.load, clock.now());
      return { name: sensor.name, number: sensor.number, value: value === null ? null : Math.round(value * 10) / 10 };
    });
}

function thermal(meant: Meant, around: Around): Json {
  const at = `${meant.paths.chassis}/Thermal`;
  return resource(at, 'Thermal.v1_7_1.Thermal', 'Thermal', 'Thermal', {
    Temperatures: read(meant, around, 'temperature').map(({ name, number, value }, index) => ({
      '@odata.id': `${at}#/Temperatures/${index}`,
      MemberId: String(index),
      Name: name,
      SensorNumber: number,
      ReadingCelsius: value,
      PhysicalContext: name.startsWith('CPU') ? 'CPU' : 'Intake',
      Status: health,
    })),
    Fans: read(meant, around, 'fan').map(({ name, value }, index) => ({
      '@odata.id': `${at}#/Fans/${index}`,
      MemberId: String(index),
      Name: name,
      Reading: value === null ? null : Math.round(value),
      ReadingUnits: 'RPM',
      Status: health,
    })),
  });
}

function power(meant: Meant, around: Around): Json {
  const at = `${meant.paths.chassis}/Power`;
  return resource(at, 'Power.v1_7_1.Power', 'Power', 'Power', {
    PowerControl: [
      { '@odata.id': `${at}#/PowerControl/0`, MemberId: '0', PowerConsumedWatts: meant.board.machine.watts() },
    ],
    PowerSupplies: read(meant, around, 'power').map(({ name, value }, index) => ({
      '@odata.id': `${at}#/PowerSupplies/${index}`,
      MemberId: String(index),
      Name: name,
      PowerInputWatts: value,
      PowerCapacityWatts: 800,
      LineInputVoltage: 230,
      Status: health,
    })),
    Voltages: read(meant, around, 'voltage').map(({ name, value }, index) => ({
      '@odata.id': `${at}#/Voltages/${index}`,
      MemberId: String(index),
      Name: name,
      ReadingVolts: value,
      Status: health,
    })),
  });
}

export const chassisRoutes: readonly BoardRoute[] = [
  [
    '/redfish/v1/Chassis/{machine}',
    { GET: (_asked, meant) => ok(show(meant)), PATCH: ({ body }, meant) => patch(meant, body) },
  ],
  ['/redfish/v1/Chassis/{machine}/Thermal', { GET: (_asked, meant, around) => ok(thermal(meant, around)) }],
  ['/redfish/v1/Chassis/{machine}/Power', { GET: (_asked, meant, around) => ok(power(meant, around)) }],
];
