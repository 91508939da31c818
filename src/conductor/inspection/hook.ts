import type { FoundInterface } from '#model/inspection/interfaces.ts';
import type { HeldTask } from '../task.ts';

export type Json = Record<string, unknown>;

/** What was found in a machine, with what hooks add for those behind them and for the record. */
export interface Found {
  readonly inventory: Readonly<Json>;
  plugin_data: Json;
  /** Set by validate-interfaces. */
  interfaces?: readonly FoundInterface[];
}

/** A hook first looks at the data (`check`, all of them, before anything is changed), then does its work (`run`). */
export interface Hook {
  /** Hooks that must stand before it. */
  readonly needs?: readonly string[];
  /** Throws what is wrong with the data. */
  check?(task: HeldTask, found: Found): void;
  run?(task: HeldTask, found: Found): Promise<void>;
}

/** Put properties into the node's; the others stay. */
export const setProperties = (task: HeldTask, properties: Readonly<Json>): Promise<void> =>
  task.save({ properties: { ...task.node.properties, ...properties } });

/** The objects in a list that a machine told, without what is none. */
export const objectsIn = (told: unknown): Json[] =>
  Array.isArray(told) ? told.filter((one) => typeof one === 'object' && one !== null && !Array.isArray(one)) : [];

export const objectAt = (told: unknown): Json =>
  typeof told === 'object' && told !== null && !Array.isArray(told) ? (told as Json) : {};
