// Which handler answers a path.
import type { BoardRoute, Handler, Route } from './around.ts';
import { biosRoutes } from './bios.ts';
import { bmcRoutes } from './bmc.ts';
import { settleBoard } from './board.ts';
import { chassisRoutes } from './chassis.ts';
import { pathsOf } from './paths.ts';
import { notFound } from './reply.ts';
import { serviceRoutes } from './service.ts';
import { storageRoutes } from './storage.ts';
import { systemRoutes } from './system.ts';
import { updateRoutes } from './update.ts';

/** A route of a machine as one of the service: the machine is found by its name in the path. */
function ofBoard([pattern, methods]: BoardRoute): Route {
  const handlers = Object.entries(methods).map(([method, work]): [string, Handler] => [
    method,
    (asked, around) => {
      const board = around.boards.get(asked.names.machine!);
      if (!board) return notFound(asked.path);
      settleBoard(board);
      return work(asked, { board, paths: pathsOf(board.machine.name) }, around);
    },
  ]);
  return [pattern, Object.fromEntries(handlers)];
}

const boards = [...systemRoutes, ...biosRoutes, ...storageRoutes, ...bmcRoutes, ...chassisRoutes];
const routes: readonly Route[] = [...serviceRoutes, ...updateRoutes, ...boards.map(ofBoard)];

const compiled = routes.map(([pattern, methods]) => ({
  names: [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!),
  shape: new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\{\w+\}/g, '([^/]+)')}/?$`),
  methods,
}));

export interface Found {
  readonly methods: Readonly<Record<string, Handler>>;
  readonly names: Readonly<Record<string, string>>;
}

/** What answers `path`, with what stands at the places of its pattern. */
export function routeOf(path: string): Found | undefined {
  for (const { shape, names, methods } of compiled) {
    const found = shape.exec(path);
    if (!found) continue;
    return { methods, names: Object.fromEntries(names.map((name, i) => [name, decoded(found[i + 1]!)])) };
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
