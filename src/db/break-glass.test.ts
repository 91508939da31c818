import { onSqlite } from '../../test/setup/databases.ts';
import { breakGlassSuite } from './break-glass.suite.ts';

onSqlite(breakGlassSuite);
