import { onSqlite } from '../../test/setup/databases.ts';
import { nodesSuite } from './nodes.suite.ts';

onSqlite(nodesSuite);
