import { onPostgres } from '../../test/setup/databases.ts';
import { happeningsSuite } from './happenings.suite.ts';
import { nodeListSuite } from './node-list.suite.ts';
import { nodesSuite } from './nodes.suite.ts';

onPostgres(nodesSuite, nodeListSuite, happeningsSuite);
