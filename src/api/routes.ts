import type { Route } from './route.ts';
import { chassisRoutes } from './routes/chassis.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { rootRoutes } from './routes/root.ts';

/** Every route of the service. */
export const allRoutes: readonly Route[] = [...rootRoutes, ...chassisRoutes, ...nodeRoutes];
