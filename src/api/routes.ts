import type { Route } from './route.ts';
export const allRoutes: readonly Route[] = [];
