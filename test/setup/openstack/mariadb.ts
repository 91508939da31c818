// A MariaDB of the services' own, on a unix socket.
import { type ChildProcessWithoutNullStreams, execFile, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { promisify } from 'node:util';
import type { Daemons } from './daemons.ts';

const run = promisify(execFile);

export interface MariaDb {
  /** Make an empty database and tell its URL as SQLAlchemy takes it. */
  create(name: string): Promise<string>;
  /** Give an empty database what another one has. */
  copy(from: string, to: string): Promise<void>;
  /** The first row that a query finds, columns between tabs. */
  row(query: string): Promise<string | undefined>;
  close(): void;
}

// What a crash leaves is not looked at here, so nothing waits for the disk.
const quick = [
  '--innodb-buffer-pool-size=64M',
  '--innodb-log-file-size=32M',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-flush-method=nosync',
  '--performance-schema=OFF',
  '--skip-log-bin',
  '--max-connections=500',
  '--character-set-server=utf8mb3',
];

export async function startMariaDb(daemons: Daemons): Promise<MariaDb> {
  const [data, socket] = [daemons.path('lib', 'mysql'), daemons.path('run', 'mysql.sock')];
  const auth = ['--auth-root-authentication-method=normal', '--skip-test-db'];
  await daemons.run('mariadb-init', {
    command: 'mariadb-install-db',
    args: ['--no-defaults', '--user=root', `--datadir=${data}`, ...auth],
  });
  await daemons.start('mariadb', {
    command: 'mariadbd',
    args: ['--no-defaults', '--user=root', `--datadir=${data}`, `--socket=${socket}`, '--skip-networking', ...quick],
  });
  const client = ['--no-defaults', '-uroot', '-S', socket];
  await daemons.until('mariadb', async () =>
    (await run('mariadb-admin', [...client, 'ping'])).stdout.includes('alive'),
  );
  const session = openSession([...client, '--batch', '--skip-column-names', '--unbuffered']);
  return {
    async create(name) {
      await run('/usr/bin/mariadb', [...client, '-e', `CREATE DATABASE ${name} CHARACTER SET utf8mb3`]);
      return `mysql+pymysql://root@localhost/${name}?unix_socket=${socket}&charset=utf8`;
    },
    async copy(from, to) {
      const dump = 'set -o pipefail; f=$1 t=$2; shift 2; /usr/bin/mariadb-dump "$@" "$f" | /usr/bin/mariadb "$@" "$t"';
      await run('bash', ['-c', dump, 'copy', from, to, ...client]);
    },
    row: session.row,
    close: session.close,
  };
}

const end = 'end of the answer';

/** A client that stays: starting one for each query would take longer than what is measured. */
function openSession(args: readonly string[]): Pick<MariaDb, 'row' | 'close'> {
  let child: ChildProcessWithoutNullStreams | undefined;
  let lines: Interface;
  let turn: Promise<unknown> = Promise.resolve();
  const ask = (query: string): Promise<string | undefined> => {
    if (!child) {
      child = spawn('/usr/bin/mariadb', [...args]);
      lines = createInterface(child.stdout);
    }
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    let row: string | undefined;
    const heard = (line: string) => {
      if (line !== end) {
        row ??= line;
        return;
      }
      lines.off('line', heard).off('close', lost);
      resolve(row);
    };
    const lost = () => reject(new Error(`mariadb ended at: ${query}`));
    lines.on('line', heard).on('close', lost);
    child.stdin.write(`${query}; SELECT '${end}';\n`);
    return promise;
  };
  return {
    row(query) {
      const mine = turn.then(() => ask(query));
      turn = mine.catch(() => {});
      return mine;
    },
    close: () => child?.kill('SIGKILL'),
  };
}
