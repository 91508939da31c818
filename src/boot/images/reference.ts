// What `image_source` may name: a web address, a file in an allowed folder, or an image of glance.

import { realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isUuid } from '#base/ids.ts';
import { BadImageReference, ImageMissing, MissingImageSetting } from './faults.ts';
import { maskedUrl } from './masked-url.ts';

/** A reference that was understood; `shown` is masked and fit for logs, `name` is the base name of the image. */
export type ImageReference =
  | { readonly kind: 'http'; readonly url: string; readonly shown: string; readonly name: string }
  | { readonly kind: 'file'; readonly path: string; readonly shown: string; readonly name: string }
  | { readonly kind: 'glance'; readonly id: string; readonly shown: string; readonly name: string };

/** The content of an image of glance, and what proves there that it may be had; glance never changes an image. */
export interface GlanceContent {
  readonly kind: 'glance content';
  readonly id: string;
  readonly url: string;
  /** Headers for the host of `url`, and for no other. */
  readonly proof: Readonly<Record<string, string>>;
  readonly shown: string;
  readonly name: string;
}

const refuse = (image: string, reason: string): never => {
  throw new BadImageReference({ image, reason });
};

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fileReference(url: URL, shown: string): ImageReference {
  if (url.host !== '' && url.host !== 'localhost') refuse(shown, 'a file:// URL names no host: file:///path');
  url.host = '';
  let path = '';
  try {
    path = fileURLToPath(url);
  } catch (cause) {
    throw new BadImageReference({ image: shown, reason: 'its path cannot be decoded' }, { cause });
  }
  if (path.includes('\0')) refuse(shown, 'its path holds a zero byte');
  return { kind: 'file', path, shown, name: basename(path) };
}

/** Understand an image reference. Throws ImageRefValidationFailed, or MissingParameterValue where there is none. */
export function parseReference(
  source: string | null | undefined,
  field = 'instance_info.image_source',
): ImageReference {
  if (source === null || source === undefined || source === '') {
    throw new MissingImageSetting({ field, reason: 'give the URL of an image (http, https or file)' });
  }
  const glance = /^(?:glance:\/\/)?([0-9a-f-]+)$/i.exec(source)?.[1];
  if (glance && isUuid(glance)) return { kind: 'glance', id: glance, shown: source, name: glance };
  const shown = maskedUrl(source);
  if (!URL.canParse(source)) return refuse(shown, 'it is neither a URL nor the UUID of an image');
  const url = new URL(source);
  if (url.protocol === 'file:') return fileReference(url, shown);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return refuse(shown, `its scheme ${url.protocol}// is not served here; http, https and file are`);
  }
  return { kind: 'http', url: url.href, shown, name: decoded(basename(url.pathname)) };
}

/** Refuse an image of glance where there is no client for it. */
export function withoutGlance(reference: ImageReference): Exclude<ImageReference, { kind: 'glance' }> {
  if (reference.kind !== 'glance') return reference;
  return refuse(
    reference.shown,
    'it is an image of glance, and [glance] names no image service; give an http, https or file URL',
  );
}

/** Whether `path` is `folder` or lies below it; both absolute and resolved. */
const isWithin = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** A file that may be read, with what tells its versions apart: size in bytes and time of change in ms. */
export interface LocalFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * The real path of a file:// image. Links are followed first, then the result must lie in an allowed folder
 * (`[conductor]file_url_allowed_paths`). Throws ImageRefValidationFailed, ImageNotFound.
 */
export async function openableFile(
  reference: Extract<ImageReference, { kind: 'file' }>,
  allowedFolders: readonly string[],
): Promise<LocalFile> {
  const folders = await Promise.all(
    allowedFolders.filter(isAbsolute).map((folder) => realpath(folder).catch(() => folder.replace(/(.)\/+$/, '$1'))),
  );
  const outside = (path: string): never =>
    refuse(
      reference.shown,
      `${path} is not in a folder of [conductor]file_url_allowed_paths (${allowedFolders.join(', ') || 'none'})`,
    );
  const real = await realpath(reference.path).catch((cause: NodeJS.ErrnoException) => {
    // Nothing is told about paths that may not be looked at.
    if (!folders.some((folder) => isWithin(reference.path, folder))) return outside(reference.path);
    throw new ImageMissing({ image: reference.shown, reason: `the file cannot be reached (${cause.code})` }, { cause });
  });
  if (!folders.some((folder) => isWithin(real, folder))) outside(reference.path);
  const facts = await stat(real);
  if (!facts.isFile()) refuse(reference.shown, 'it is not a regular file');
  return { path: real, size: facts.size, mtimeMs: facts.mtimeMs };
}
