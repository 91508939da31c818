import { onSqlite } from '../../test/setup/databases.ts';
import { nodeListSuite } from './node-list.suite.ts';

onSqlite(nodeListSuite);
