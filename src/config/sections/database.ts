import { boolean, integer, seconds, secret, text } from '../option.ts';

export const database = {
  mysql_engine: text('InnoDB', 'MySQL engine; no meaning here.'),
  sqlite_retries: boolean(true, 'Try again while SQLite is locked.'),
  sqlite_max_wait_for_retry: seconds(10, 'Longest wait for a locked SQLite.'),
  connection: secret(
    null,
    'Where rows are kept: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME. Not set: a file in the data folder.',
  ),
  max_pool_size: integer(10, 'Most connections to PostgreSQL at once.', { min: 1 }),
  pool_timeout: seconds(30, 'Longest wait for a free connection.', { min: 1 }),
};
