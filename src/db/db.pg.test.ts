import { onPostgres } from '../../test/setup/databases.ts';
import { breakGlassSuite } from './break-glass.suite.ts';
import { happeningsSuite } from './happenings.suite.ts';
import { nodeListSuite } from './node-list.suite.ts';
import { nodesSuite } from './nodes.suite.ts';
import { tablesSuite } from './tables.suite.ts';

onPostgres(nodesSuite, nodeListSuite, happeningsSuite, tablesSuite, breakGlassSuite);
