// Images and config drives as drivers ask for them, on boot/images/.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import { ImageCache } from '#boot/images/cache.ts';
import { buildConfigDrive, type ConfigDriveData } from '#boot/images/config-drive/build.ts';
import { driveText, filesInDrive } from '#boot/images/config-drive/read.ts';
import { findInGlance } from '#boot/images/glance-image.ts';
import { ImageClient } from '#boot/images/http-client.ts';
import { imageInfoOf } from '#boot/images/image-info.ts';
import { checkImage, type ImageNode, type ImageOptions, planImage } from '#boot/images/plan.ts';
import { type ImageTools, prepareImage, releaseImage, servedFolder } from '#boot/images/prepare.ts';
import { withoutGlance } from '#boot/images/reference.ts';
import type { Config } from '#config/schema.ts';
import { InvalidParameterValue } from '#contract/errors.ts';
import type { ConfigDrives, ImageOrder, Images } from '#drivers/house.ts';
import { type Glance, glanceClient, glanceEndpoint, glanceVersion } from '#openstack/glance.ts';
import { openService } from '#openstack/service.ts';

export interface ImageParts {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  /** Where the HTTP root is, and how machines reach it. */
  readonly httpRoot: string;
  readonly httpUrl: string;
  /** Folder of the cache. */
  readonly cacheFolder: string;
  /** Folders for programs, as in PATH. */
  readonly searchPath: string;
}

const MiB = 1024 * 1024;
const minute = 60_000;

function optionsOf({ config, httpRoot, httpUrl }: ImageParts): ImageOptions {
  return {
    downloadSource: config.agent.image_download_source,
    forceRaw: config.DEFAULT.force_raw_images,
    rawGrowth: config.DEFAULT.raw_image_growth_factor,
    streamRaw: config.agent.stream_raw_images,
    allowMd5: config.agent.allow_md5_checksum,
    allowChecksumFiles: !config.conductor.disable_support_for_checksum_files,
    permittedFormats: config.conductor.permitted_image_formats,
    alwaysValidate: config.conductor.conductor_always_validates_images,
    inspect: !config.conductor.disable_deep_image_inspection,
    allowedFolders: config.conductor.file_url_allowed_paths,
    httpUrl,
    httpRoot,
    httpImageSubdir: config.deploy.http_image_subdir,
  };
}

const nodeOf = (order: Pick<ImageOrder, 'node' | 'instanceInfo' | 'driverInfo'>): ImageNode => ({
  uuid: order.node,
  instance_info: order.instanceInfo as ImageNode['instance_info'],
  driver_info: order.driverInfo,
});

/** Open the cache and give what drivers ask of images. `close` ends downloads' connections. */
export async function openImages(
  parts: ImageParts,
): Promise<Images & { cache: ImageCache; client: ImageClient; sweep(): Promise<unknown>; close(): Promise<void> }> {
  const { config, clock, log } = parts;
  const options = optionsOf(parts);
  await mkdir(servedFolder(options), { recursive: true });
  await mkdir(parts.cacheFolder, { recursive: true });
  const verify = config.DEFAULT.webserver_verify_ca;
  const client = new ImageClient({
    connectTimeout: config.DEFAULT.webserver_connection_timeout * 1000,
    stallTimeout: config.DEFAULT.webserver_connection_timeout * 1000,
    ...(await verifyOf(verify)),
  });
  const cache = new ImageCache({
    folder: parts.cacheFolder,
    concurrency: config.DEFAULT.image_download_concurrency,
    maxBytes: config.pxe.image_cache_size * MiB,
    maxAge: config.pxe.image_cache_ttl * minute,
    clock,
    log,
  });
  const glance = openGlance(config, clock);
  await cache.open([servedFolder(options)]);
  const tools: ImageTools = {
    client,
    cache,
    clock,
    options,
    convert: {
      searchPath: parts.searchPath,
      memoryLimit: config.disk_utils.image_convert_memory_limit * MiB,
      timeout: 60 * minute,
      attempts: config.disk_utils.image_convert_attempts,
    },
  };
  return {
    cache,
    client,
    validate(order) {
      const source = order.instanceInfo.image_source;
      if (source === undefined || source === null || source === '')
        throw new InvalidParameterValue({
          why: `instance_info/image_source of node ${order.node} is not set: give the URL of the image to deploy.`,
        });
      const { reference } = checkImage(nodeOf(order), options);
      if (reference.kind !== 'glance') planImage(nodeOf(order), options);
      else if (!glance) withoutGlance(reference);
    },
    async imageInfo(order) {
      const node = nodeOf(order);
      const { reference } = checkImage(node, options);
      const found =
        reference.kind === 'glance' && glance && (await findInGlance(reference, glance.images, order.signal));
      const plan = planImage(node, options, found || undefined);
      const prepared = await prepareImage(plan, order.node, tools, {
        signal: order.signal,
        onProgress: order.onProgress,
      });
      const {
        image_server_auth_strategy: strategy,
        image_server_user: user,
        image_server_password: password,
      } = config.deploy;
      return {
        ...imageInfoOf(node, plan.reference, prepared, {
          streamRaw: options.streamRaw,
          auth: { strategy, user, password },
        }),
      };
    },
    cleanUp: (uuid) => releaseImage(uuid, tools),
    sweep: () => cache.sweep(),
    async close() {
      await client.close();
      await glance?.close();
    },
  };
}

/** Glance as [glance] describes it; undefined where that names neither a way to authenticate nor an endpoint. */
function openGlance(config: Config, clock: Clock): { images: Glance; close(): Promise<void> } | undefined {
  const options = { ...config.glance, endpoint_override: glanceEndpoint(config.glance.endpoint_override) };
  const sections = config as unknown as Record<string, object>;
  const service = openService({ section: 'glance', options, sections, version: glanceVersion, clock });
  return service && { images: glanceClient(service.adapter), close: service.close };
}

async function verifyOf(option: string | boolean | null): Promise<{ verify?: boolean | string }> {
  const text = String(option ?? 'true');
  if (/^(true|yes|1)$/i.test(text)) return {};
  if (/^(false|no|0)$/i.test(text)) return { verify: false };
  return { verify: await readFile(path.resolve(text), 'utf8') };
}

/** Config drives; the same data give the same drive within one second. */
export function configDrives(clock: Clock): ConfigDrives {
  return {
    make(asked, owner) {
      if (typeof asked === 'string') {
        const text = driveText(asked);
        if (text.is === 'url') return text.url;
        filesInDrive(text.text);
        return text.text;
      }
      return buildConfigDrive(asked as ConfigDriveData, owner, new Date(clock.now()));
    },
  };
}
