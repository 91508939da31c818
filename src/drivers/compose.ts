// Which interfaces a hardware type gets, and which of them a node uses (reference: hardware.json, selection).

import type { Config } from '#config/schema.ts';
import {
  IncompatibleInterface,
  InterfaceNotFoundInEntrypoint,
  InvalidParameterValue,
  NoValidDefaultForInterface,
} from '#contract/errors.ts';
import { type Faces, type HardwareType, type InterfaceKind, interfaceKinds } from './kinds.ts';

/** What an enabled hardware type offers on this conductor: per kind the enabled interfaces and the default. */
export interface EnabledType {
  readonly type: HardwareType;
  /** Of `enabled`, those that the type itself supports: what clients are shown. */
  readonly own: { readonly [K in InterfaceKind]: readonly Faces[K][] };
  readonly enabled: { readonly [K in InterfaceKind]: readonly Faces[K][] };
  readonly defaults: { readonly [K in InterfaceKind]: string };
}

type AnyFace = Faces[InterfaceKind];

/** The names enabled for a kind: the option, else the first supported one of each enabled hardware type. */
function enabledNames(config: Config, kind: InterfaceKind, types: readonly HardwareType[]): readonly string[] {
  const option = config.DEFAULT[`enabled_${kind}_interfaces`] as readonly string[] | null;
  if (option?.length) return option;
  return [...new Set(types.map((type) => type.supports[kind][0]!.name))];
}

/** What the options enable and this program has not got: `kind name`, said as a warning at start. */
export function unknownEnabled(all: readonly HardwareType[], config: Config): string[] {
  const types = (config.DEFAULT.enabled_hardware_types as readonly string[])
    .filter((name) => !all.some((type) => type.name === name))
    .map((name) => `hardware type ${name}`);
  const faces = interfaceKinds.flatMap((kind) =>
    ((config.DEFAULT[`enabled_${kind}_interfaces`] as readonly string[] | null) ?? [])
      .filter((name) => !all.some((type) => type.supports[kind].some((face) => face.name === name)))
      .map((name) => `${kind} interface ${name}`),
  );
  return [...types, ...faces];
}

/**
 * Put the enabled hardware types together with the enabled interfaces. Throws where no type is left, or a type is left
 * without an interface of some kind: said at start, not at the first deployment.
 */
export function composeTypes(all: readonly HardwareType[], config: Config): Map<string, EnabledType> {
  const wanted: readonly string[] = config.DEFAULT.enabled_hardware_types;
  const types = all.filter((type) => wanted.includes(type.name));
  if (!types.length)
    throw new InvalidParameterValue({
      why: `[DEFAULT] enabled_hardware_types names no known type (${wanted.join(', ') || 'it is empty'}); known are ${all.map((t) => t.name).join(', ')}.`,
    });
  const everyFace = new Map<InterfaceKind, Map<string, AnyFace>>();
  for (const kind of interfaceKinds)
    everyFace.set(
      kind,
      new Map(all.flatMap((type) => type.supports[kind].map((face) => [face.name, face as AnyFace]))),
    );
  return new Map(types.map((type) => [type.name, enabledType(type, types, config, everyFace)]));
}

function enabledType(
  type: HardwareType,
  types: readonly HardwareType[],
  config: Config,
  every: ReadonlyMap<InterfaceKind, ReadonlyMap<string, AnyFace>>,
): EnabledType {
  const enabled: Record<string, readonly AnyFace[]> = {};
  const owned: Record<string, readonly AnyFace[]> = {};
  const defaults: Record<string, string> = {};
  for (const kind of interfaceKinds) {
    const names = enabledNames(config, kind, types);
    const own = type.supports[kind].filter((face) => names.includes(face.name));
    const foreign = type.takesAny
      ? names.flatMap((name) => (own.some((f) => f.name === name) ? [] : (every.get(kind)!.get(name) ?? [])))
      : [];
    const offered = [...own, ...foreign];
    const asked = config.DEFAULT[`default_${kind}_interface`] as string | null;
    const first = asked && offered.some((f) => f.name === asked) ? asked : offered[0]?.name;
    if (!first) throw new NoValidDefaultForInterface({ kind, hardware: type.name });
    enabled[kind] = offered;
    owned[kind] = own;
    defaults[kind] = first;
  }
  return {
    type,
    own: owned as EnabledType['own'],
    enabled: enabled as EnabledType['enabled'],
    defaults: defaults as EnabledType['defaults'],
  };
}

/** The interfaces that a node's fields name, the default where a field is null. Throws where one is not to be had. */
export function facesFor(
  enabled: EnabledType,
  named: { readonly [K in `${InterfaceKind}_interface`]: string | null },
  known: (kind: InterfaceKind, name: string) => boolean,
): Faces {
  const faces: Partial<Record<InterfaceKind, AnyFace>> = {};
  for (const kind of interfaceKinds) {
    const name = named[`${kind}_interface`] ?? enabled.defaults[kind];
    const face = (enabled.enabled[kind] as readonly AnyFace[]).find((f) => f.name === name);
    if (!face && !known(kind, name))
      throw new InterfaceNotFoundInEntrypoint({ kind, name, enabled: enabled.enabled[kind].map((f) => f.name) });
    if (!face)
      throw new IncompatibleInterface({
        kind,
        name,
        hardware: enabled.type.name,
        enabled: enabled.enabled[kind].map((f) => f.name),
      });
    faces[kind] = face;
  }
  return faces as Faces;
}
