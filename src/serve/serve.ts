// `ingot serve`: the one place where the rooms are joined. Starts in an order in which each part finds what it needs, and
// ends in the opposite one: nothing new is taken, work comes to a safe point, the database closes last.
import { type Api, buildApi } from '#api/server.ts';
import { type Clock, systemClock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { type Conductor, makeConductor } from '#conductor/conductor.ts';
import { restartConsoles } from '#conductor/console.ts';
import { lookAgain } from '#conductor/heartbeat.ts';
import { ordersOf } from '#conductor/orders.ts';
import { recover } from '#conductor/recover.ts';
import { register, retire } from '#conductor/register.ts';
import { startTicker, type Ticker } from '#conductor/ticker.ts';
import { powerTicks } from '#conductor/ticks/power-sync.ts';
import type { ConfigInput } from '#config/layers.ts';
import { type LoadedConfig, loadConfig } from '#config/load.ts';
import type { Config } from '#config/schema.ts';
import { lockDataDir } from '#db/data-dir.ts';
import type { Db } from '#db/database.ts';
import { openDb } from '#db/db.ts';
import { AgentClient } from '#drivers/agent/client.ts';
import { unknownEnabled } from '#drivers/compose.ts';
import { hardwareTypes } from '#drivers/hardware/hardware-types.ts';
import type { House } from '#drivers/house.ts';
import { makeSerialConsoles } from '#drivers/ipmi/console/serial-consoles.ts';
import { makeDrivers } from '#drivers/registry.ts';
import { openTransport } from '#protocols/ipmi/transport.ts';
import { authOf } from './auth.ts';
import { type BootPlan, planBoot, startBoot } from './boot.ts';
import { bootMedia } from './boot-media.ts';
import { cannotListen } from './cannot-listen.ts';
import { keepCertificate } from './certificates.ts';
import { configDrives, openImages } from './images.ts';
import { listenAddresses } from './listen.ts';
import { makeLog } from './log.ts';
import { makeMetrics } from './metrics.ts';
import { networkBoot } from './network-boot.ts';
import { startOutlets, watchOf } from './outlets.ts';
import { ownDefaults } from './own-defaults.ts';
import { ownEndpoint } from './own-endpoint.ts';
import { type Places, placesOf } from './places.ts';
import { redfishClient } from './redfish.ts';
import { reload } from './reload.ts';
import { apiSettings } from './settings.ts';
import { ticksOf } from './ticks.ts';
import { makeTimeline, type Timeline } from './timeline.ts';
import { watchCertificate } from './tls.ts';
import { trustedFiles } from './trusted-files.ts';

export interface ServeOptions extends ConfigInput {
  readonly log?: Log;
  readonly clock?: Clock;
  /** Makes the UUIDs of new things. */
  readonly newId?: () => string;
}

/** A running Ingot. */
export interface Running {
  /** Where the API answers. */
  readonly url: string;
  readonly config: Config;
  readonly conductor: Conductor;
  readonly db: Db;
  readonly ticker: Ticker;
  /** Where machines find their boot files. */
  readonly bootUrl: string;
  /** Reads the configuration again: options that may change while Ingot runs do, the others are told in the log. */
  reload(): void;
  /** Comes to rest: resolves when nothing runs any more. */
  stop(): Promise<void>;
}

/** Read the configuration, start everything; rejects with a sentence, and then nothing is left running. */
export async function serve(options: ServeOptions): Promise<Running> {
  const loaded = loadConfig(options);
  const { config } = loaded;
  const log =
    options.log ??
    makeLog({
      level: () => (config.DEFAULT.debug ? 'debug' : config.ingot.log_level),
      format: config.ingot.log_format,
    });
  for (const warning of loaded.warnings) log.warn({}, warning);
  const undo: (() => unknown)[] = [];
  const stop = async () => {
    for (const end of undo.splice(0).reverse()) await end();
  };
  try {
    const parts = await start(
      loaded,
      { log, clock: options.clock ?? systemClock, ...(options.newId && { newId: options.newId }) },
      undo,
    );
    return { ...parts, stop, reload: () => reload(loaded, options, log) };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Means {
  readonly log: Log;
  readonly clock: Clock;
  readonly newId?: () => string;
}

async function start(
  loaded: LoadedConfig,
  { log, clock, newId }: Means,
  undo: (() => unknown)[],
): Promise<Omit<Running, 'stop' | 'reload'>> {
  const { config } = ownDefaults(loaded);
  const places = placesOf(loaded);
  undo.push(lockDataDir(places.dataDir));
  const db = await openDb({ url: places.databaseUrl, log, clock });
  undo.push(() => db.close());
  const boot = planBoot(config);
  const timeline = makeTimeline({ db, clock, log, boots: boot.on !== undefined });
  undo.push(() => timeline.close());
  const addresses = listenAddresses(loaded, boot);
  if (addresses.warning) log.warn({}, addresses.warning);
  const apiUrl = await ownEndpoint(config, addresses.apiUrl, { clock, log });
  const auth = authOf(loaded, { clock, log });
  undo.push(() => auth.close());
  const house = await makeHouse({ config, places, boot, timeline, clock, log, apiUrl, undo });
  for (const name of unknownEnabled(hardwareTypes, config))
    log.info({}, `[DEFAULT] enables ${name}, which this release does not have`);
  const power = powerTicks();
  const metrics = makeMetrics({ db, clock, power: power.counts });
  const outlets = await startOutlets({ config, db, clock, log, metrics });
  undo.push(() => outlets.stop());
  const conductor = makeConductor({
    host: config.DEFAULT.host,
    config,
    db,
    drivers: makeDrivers(config),
    house,
    clock,
    log,
  });
  conductor.freed = (node) => void lookAgain(conductor, node);
  const drain = () => (config.ingot.drain_seconds ?? config.conductor.graceful_shutdown_timeout) * 1000;
  undo.push(() => conductor.stop(drain()).then(() => retire(conductor)));
  const services = new AbortController();
  await startBoot(boot, {
    config,
    db,
    clock,
    log,
    places,
    timeline,
    apiUrl,
    signal: services.signal,
  });
  undo.push(() => services.abort());
  await register(conductor);
  const parts = {
    db,
    orders: ordersOf(conductor),
    authority: auth.authority,
    ...(auth.gate && { gate: auth.gate }),
    log,
    clock,
    ...(newId && { newId }),
    settings: apiSettings(config),
    ...(config.api.enable_ssl_api && { tls: watchCertificate(config.api, { clock, log }) }),
    watch: watchOf(config, outlets, metrics),
  };
  await recover(conductor);
  await restartConsoles(conductor);
  const ticker = startTicker(conductor, ticksOf(house, power.ticks));
  const apis = await listen(addresses.listen, parts, undo);
  const url = addresses.urlOf(apis[0]!);
  log.info({ url, database: db.where, host: config.DEFAULT.host }, `Ingot answers at ${url}`);
  return { url, config, conductor, db, ticker, bootUrl: boot.httpUrl };
}

async function listen(
  addresses: readonly { host: string; port: number; ramdiskOnly: boolean }[],
  parts: Parameters<typeof buildApi>[0],
  undo: (() => unknown)[],
): Promise<number[]> {
  const ports: number[] = [];
  const hasOwnDoor = addresses.some(({ ramdiskOnly }) => ramdiskOnly);
  for (const { host, port, ramdiskOnly } of addresses) {
    const settings = { ...parts.settings, ramdiskOnly, discovers: ramdiskOnly || !hasOwnDoor };
    const api: Api = buildApi({ ...parts, settings });
    const open = api.listen(host, port).catch((error: unknown) => Promise.reject(cannotListen(host, port, error)));
    ports.push(await open);
    undo.push(() => api.close());
  }
  return ports;
}

interface HouseParts extends Means {
  readonly config: Config;
  readonly places: Places;
  readonly boot: BootPlan;
  readonly timeline: Timeline;
  readonly apiUrl: string;
  readonly undo: (() => unknown)[];
}

async function makeHouse(parts: HouseParts): Promise<House & { images: { sweep(): Promise<unknown> } }> {
  const { config, places, boot, timeline, clock, log, undo } = parts;
  const ipmi = await openTransport({ clock, log });
  undo.push(() => ipmi.close());
  const consoles = makeSerialConsoles({ clock, log });
  undo.push(() => consoles.closeAll());
  const agents = new AgentClient({
    commandTimeoutMs: config.agent.command_timeout * 1000,
    maxAttempts: config.agent.max_command_attempts,
    clock,
  });
  undo.push(() => agents.close());
  const redfish = redfishClient(config, clock);
  undo.push(() => redfish.close());
  const images = await openImages({
    config,
    clock,
    log,
    httpRoot: places.httpRoot,
    httpUrl: boot.httpUrl,
    cacheFolder: places.imageCache,
    searchPath: process.env.PATH ?? '/usr/bin:/bin',
  });
  undo.push(() => images.close());
  const serves = boot.on !== undefined || config.deploy.http_url !== null;
  const media = bootMedia({ config, clock, ...images, httpRoot: places.httpRoot, httpUrl: boot.httpUrl, serves });
  await media.sweep();
  return {
    apiUrl: parts.apiUrl,
    ipmi,
    consoles,
    agents,
    redfish,
    images,
    bootMedia: media,
    configDrives: configDrives(clock),
    networkBoot: networkBoot({
      roots: { http: places.httpRoot, tftp: places.tftpRoot },
      httpUrl: boot.httpUrl,
      serves,
      ipxeTimeoutSeconds: config.pxe.ipxe_timeout,
      allowedFolders: config.conductor.file_url_allowed_paths,
      isTrusted: trustedFiles(config),
    }),
    keepCertificate: (node, pem) => keepCertificate(places.certificates, node, pem),
    explainBoot: (node, since) => timeline.explain(node, since),
  };
}
