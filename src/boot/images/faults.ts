import { defineError } from '#base/errors.ts';

// Names and statuses are Ironic's; `image` and `url` are already masked when they come here.

/** The image reference itself cannot be used. */
export const BadImageReference = defineError(
  'ImageRefValidationFailed',
  500,
  (p: { image: string; reason: string }) => `The image ${p.image} cannot be used: ${p.reason}.`,
);

/** A value of instance_info or driver_info that has to do with images is wrong. */
export const BadImageSetting = defineError(
  'InvalidParameterValue',
  400,
  (p: { field: string; reason: string }) => `${p.field} cannot be used: ${p.reason}.`,
);

/** A value that the deployment needs is not there. */
export const MissingImageSetting = defineError(
  'MissingParameterValue',
  400,
  (p: { field: string; reason: string }) => `${p.field} is missing: ${p.reason}.`,
);

/** The hash algorithm is unknown or not allowed. */
export const BadChecksumAlgorithm = defineError(
  'ImageChecksumAlgorithmFailure',
  500,
  (p: { algorithm: string; reason: string }) => `The checksum algorithm ${p.algorithm} cannot be used: ${p.reason}.`,
);

/** `image_checksum` is a URL, and those are switched off. */
export const ChecksumUrlRefused = defineError(
  'ImageChecksumURLNotSupported',
  500,
  (p: { url: string }) =>
    `image_checksum names the checksum file ${p.url}, but [conductor]disable_support_for_checksum_files forbids such files; give the checksum itself.`,
);

/** The checksum file could not be read, or does not name the image. */
export const ChecksumFileUnreadable = defineError(
  'ImageChecksumFileReadFailure',
  503,
  (p: { url: string; reason: string }) => `No checksum was found in the checksum file ${p.url}: ${p.reason}.`,
);

/** What arrived is not what the checksum describes. */
export const ChecksumDiffers = defineError(
  'ImageChecksumError',
  500,
  (p: { image: string; algorithm: string; expected: string; actual: string; bytes: number }) =>
    `The ${p.algorithm} checksum of ${p.image} differs after ${p.bytes} bytes: expected ${p.expected}, got ${p.actual}. Either the checksum or the image is not the right one.`,
);

/** The image could not be fetched. `retry`: another try may help. `code`: what the server said, when it said something. */
export const DownloadFailed = defineError(
  'ImageDownloadFailed',
  500,
  (p: { image: string; reason: string; retry: boolean; code?: number }) =>
    `The image ${p.image} could not be fetched: ${p.reason}.`,
);

/** There is no such image. */
export const ImageMissing = defineError(
  'ImageNotFound',
  404,
  (p: { image: string; reason: string }) => `There is no image ${p.image}: ${p.reason}.`,
);

/** The content of the image is refused. */
export const BadImageContent = defineError(
  'InvalidImage',
  500,
  (p: { image: string; reason: string }) => `The image ${p.image} is refused: ${p.reason}.`,
);

/** The kind of image cannot be deployed, or it does not fit the machine. */
export const ImageUnfit = defineError(
  'ImageUnacceptable',
  500,
  (p: { image: string; reason: string }) => `The image ${p.image} cannot be deployed: ${p.reason}.`,
);

/** The conversion to raw did not succeed. */
export const ConversionFailed = defineError(
  'ImageConvertFailed',
  500,
  (p: { image: string; reason: string }) => `The image ${p.image} could not be converted to raw: ${p.reason}.`,
);

/** The disk that holds the images is full. Sizes in bytes. */
export const DiskFull = defineError(
  'InsufficientDiskSpace',
  500,
  (p: { path: string; needed?: number; free?: number }) =>
    p.needed === undefined
      ? `The disk that holds ${p.path} is full. Free some space there, or lower [pxe]image_cache_size.`
      : `The disk that holds ${p.path} has ${mib(p.free ?? 0)} MiB free, but ${mib(p.needed)} MiB are needed. Free some space there, or lower [pxe]image_cache_size.`,
);

/** The config drive cannot be made or used. */
export const BadConfigDrive = defineError(
  'InvalidParameterValue',
  400,
  (p: { reason: string }) => `The config drive cannot be used: ${p.reason}.`,
);

const mib = (bytes: number): number => Math.ceil(bytes / 1048576);
