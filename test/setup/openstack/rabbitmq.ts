// A RabbitMQ of the services' own on loopback, with an epmd of its own in the foreground.
import { readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../site.ts';
import type { Daemons } from './daemons.ts';

const programs = '/usr/lib/rabbitmq/lib';

/** Starts it and tells the URL as oslo.messaging takes it; it answers somewhat later. */
export async function startRabbitMq(daemons: Daemons): Promise<{ url: string; ready(): Promise<void> }> {
  const [port, inner, epmd] = [await freePort(), await freePort(), await freePort()];
  const version = (await readdir(programs)).find((name) => name.startsWith('rabbitmq_server-'));
  if (!version) throw new Error(`The package rabbitmq-server brought nothing into ${programs}.`);
  await daemons.config(
    'rabbit.conf',
    `listeners.tcp.1 = 127.0.0.1:${port}\nloopback_users.guest = true\nvm_memory_high_watermark.absolute = 512MiB\n`,
  );
  await writeFile(daemons.path('etc', 'rabbit-plugins'), '');
  const loopback = { ERL_EPMD_ADDRESS: '127.0.0.1', ERL_EPMD_PORT: String(epmd) };
  await daemons.start('epmd', { command: 'epmd', args: ['-address', '127.0.0.1', '-port', String(epmd)] });
  await daemons.until('epmd', () => listens(epmd));
  await daemons.start('rabbitmq', {
    command: join(programs, version, 'sbin/rabbitmq-server'),
    args: [],
    env: {
      ...loopback,
      HOME: daemons.path('lib'),
      LC_ALL: 'C.UTF-8',
      RABBITMQ_NODENAME: `ingot-${port}@localhost`,
      RABBITMQ_DIST_PORT: String(inner),
      RABBITMQ_CONFIG_FILE: daemons.path('etc', 'rabbit'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ENABLED_PLUGINS_FILE: daemons.path('etc', 'rabbit-plugins'),
      RABBITMQ_MNESIA_BASE: daemons.path('lib', 'rabbit'),
      RABBITMQ_LOG_BASE: daemons.path('log'),
      RABBITMQ_PID_FILE: daemons.path('lib', 'rabbitmq.pid'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none',
    },
  });
  return {
    url: `rabbit://guest:guest@127.0.0.1:${port}/`,
    ready: () => daemons.until('rabbitmq', () => listens(port)),
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
