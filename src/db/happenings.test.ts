import { onSqlite } from '../../test/setup/databases.ts';
import { happeningsSuite } from './happenings.suite.ts';

onSqlite(happeningsSuite);
