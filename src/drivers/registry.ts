import type { Config } from '#config/schema.ts';
import { DriverNotFound } from '#contract/errors.ts';
import type { NodeRow } from '#db/schema.ts';
import { composeTypes, type EnabledType, facesFor } from './compose.ts';
import { hardwareTypes } from './hardware/hardware-types.ts';
import { type Faces, type HardwareType, type InterfaceKind, interfaceKinds } from './kinds.ts';

type Named = Pick<NodeRow, 'driver' | `${InterfaceKind}_interface`>;

/** The drivers of this conductor. */
export interface Drivers {
  readonly types: ReadonlyMap<string, EnabledType>;
  /** The interfaces of a node. Throws DriverNotFound, IncompatibleInterface, InterfaceNotFoundInEntrypoint. */
  facesOf(node: Named): Faces;
  /** The interface fields that a new node gets: what it names, else the defaults. Throws as `facesOf`. */
  interfacesFor(node: Named): Record<`${InterfaceKind}_interface`, string>;
}

/** Put the drivers together as the configuration says; throws at once where it can't be. */
export function makeDrivers(config: Config, all: readonly HardwareType[] = hardwareTypes): Drivers {
  const types = composeTypes(all, config);
  const known = (kind: InterfaceKind, name: string) =>
    all.some((type) => type.supports[kind].some((face) => face.name === name));
  const facesOf = (node: Named): Faces => {
    const type = types.get(node.driver);
    if (!type) throw new DriverNotFound({ driver: node.driver });
    return facesFor(type, node, known);
  };
  return {
    types,
    facesOf,
    interfacesFor(node) {
      const faces = facesOf(node);
      return Object.fromEntries(interfaceKinds.map((kind) => [`${kind}_interface`, faces[kind].name])) as Record<
        `${InterfaceKind}_interface`,
        string
      >;
    },
  };
}
