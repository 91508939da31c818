// The arguments of the agent's write_image step, from a node and its prepared image.

import { createHash } from 'node:crypto';
import type { ImageNode } from './plan.ts';
import type { PreparedImage } from './prepare.ts';
import type { ImageReference } from './reference.ts';

export interface AgentImageOptions {
  /** [agent]stream_raw_images */
  readonly streamRaw: boolean;
  /** [deploy]image_server_auth_strategy, image_server_user, image_server_password */
  readonly auth?: { readonly strategy: string; readonly user: string | null; readonly password: string | null };
}

/** `image_info` as the agent takes it. */
export type ImageInfo = Readonly<Record<string, unknown>>;

/** What instance_info gets: where the image is fetched, and the checksum and format it has there. */
export function instanceInfoOf(prepared: PreparedImage): Record<string, unknown> {
  const { checksum } = prepared;
  return {
    image_url: prepared.url,
    ...(prepared.movedTo ? { image_source: prepared.movedTo } : {}),
    ...(prepared.diskFormat ? { image_disk_format: prepared.diskFormat } : {}),
    ...(checksum
      ? { image_checksum: null, image_os_hash_algo: checksum.algorithm, image_os_hash_value: checksum.value }
      : {}),
  };
}

const some = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

/** The agent names its temporary file after the id: a plain name that differs from image to image. */
const idOf = (reference: Pick<ImageReference, 'name' | 'shown'>): string => {
  const plain = reference.name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^[.-]+/, '');
  return plain === reference.name ? plain : createHash('sha256').update(reference.shown).digest('hex').slice(0, 32);
};

function checksumKeys(info: Readonly<Record<string, unknown>>): ImageInfo {
  const pair = some(info.image_os_hash_algo) && some(info.image_os_hash_value);
  return {
    ...(some(info.image_checksum) ? { checksum: info.image_checksum } : {}),
    ...(pair ? { os_hash_algo: info.image_os_hash_algo, os_hash_value: info.image_os_hash_value } : {}),
  };
}

function authKeys(
  info: Readonly<Record<string, unknown>>,
  auth: AgentImageOptions['auth'],
  isSource: boolean,
): ImageInfo {
  const strategy = info.image_server_auth_strategy ?? auth?.strategy;
  if (!isSource || strategy !== 'http_basic') return {};
  return {
    image_server_auth_strategy: strategy,
    image_server_user: info.image_server_user ?? auth?.user,
    image_server_password: info.image_server_password ?? auth?.password,
  };
}

function proxyKeys(driverInfo: Readonly<Record<string, unknown>>): ImageInfo {
  const { image_http_proxy: http, image_https_proxy: https, image_no_proxy: exempt } = driverInfo;
  const proxies = { ...(some(http) ? { http } : {}), ...(some(https) ? { https } : {}) };
  return {
    ...(Object.keys(proxies).length > 0 ? { proxies } : {}),
    ...(some(exempt) && Object.keys(proxies).length > 0 ? { no_proxy: exempt } : {}),
  };
}

/** The `image_info` argument of write_image for a whole-disk image. */
export function imageInfoOf(
  node: ImageNode,
  reference: Pick<ImageReference, 'name' | 'shown'>,
  prepared: PreparedImage,
  options: AgentImageOptions,
): ImageInfo {
  const info = { ...node.instance_info, ...instanceInfoOf(prepared) };
  const container = node.instance_info.image_container_format;
  const authorization = node.instance_info.image_request_authorization;
  return {
    id: idOf(reference),
    urls: [prepared.url],
    disk_format: prepared.diskFormat,
    container_format: some(container) ? container : 'bare',
    stream_raw_images: options.streamRaw,
    ...checksumKeys(info),
    ...authKeys(node.instance_info, options.auth, prepared.servedBy === 'source'),
    ...(some(authorization) ? { image_request_authorization: authorization } : {}),
    ...proxyKeys(node.driver_info),
    node_uuid: node.uuid,
  };
}
