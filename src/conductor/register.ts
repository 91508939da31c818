import { registerConductor, retireConductor } from '#db/conductors.ts';
import { interfaceKinds } from '#drivers/kinds.ts';
import type { Conductor } from './conductor.ts';

/** Put this host on the list of conductors with what its drivers offer. */
export async function register(conductor: Conductor): Promise<void> {
  const { config, db, drivers, host } = conductor;
  const interfaces = [...drivers.types.values()].flatMap(({ type, own, defaults }) =>
    interfaceKinds.flatMap((kind) =>
      own[kind].map((face) => ({
        hardware_type: type.name,
        interface_type: kind,
        interface_name: face.name,
        default: face.name === defaults[kind],
      })),
    ),
  );
  await db.write((tx) =>
    registerConductor(tx, {
      hostname: host,
      conductor_group: config.conductor.conductor_group,
      drivers: [...drivers.types.keys()],
      rpc_url: null,
      interfaces,
    }),
  );
}

/** Say that this host has stopped in good order. */
export const retire = (conductor: Conductor): Promise<void> =>
  conductor.db.write((tx) => retireConductor(tx, conductor.host));
