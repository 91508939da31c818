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

const fields = interfaceKinds.map((kind) => `${kind}_interface` as const);

/** What the interfaces of a node depend on. */
function sortOf(node: Named): string {
  let sort = node.driver;
  for (const field of fields) sort += `\n${node[field] ?? ''}`;
  return sort;
}

/** Put the drivers together as the configuration says; throws at once where it can't be. */
export function makeDrivers(config: Config, all: readonly HardwareType[] = hardwareTypes): Drivers {
  const types = composeTypes(all, config);
  const known = (kind: InterfaceKind, name: string) =>
    all.some((type) => type.supports[kind].some((face) => face.name === name));
  // There are few sorts of nodes and many nodes: each sort is put together once.
  const put = new Map<string, Faces>();
  const facesOf = (node: Named): Faces => {
    const sort = sortOf(node);
    let faces = put.get(sort);
    if (faces) return faces;
    const type = types.get(node.driver);
    if (!type) throw new DriverNotFound({ driver: node.driver });
    faces = facesFor(type, node, known);
    put.set(sort, faces);
    return faces;
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
