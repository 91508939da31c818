import { onSqlite } from '../../test/setup/databases.ts';
import { tablesSuite } from './tables.suite.ts';

onSqlite(tablesSuite);
