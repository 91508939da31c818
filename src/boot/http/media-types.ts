const byEnding: Readonly<Record<string, string>> = {
  efi: 'application/efi', // UEFI 2.10 §24.7.2: what HTTP boot expects for an image
  iso: 'application/vnd.efi-iso',
  img: 'application/octet-stream',
  ipxe: 'text/plain',
  cfg: 'text/plain',
  conf: 'text/plain',
  txt: 'text/plain',
  json: 'application/json',
  gz: 'application/gzip',
};

/** The media type for a file's name. */
export function mediaType(name: string): string {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return byEnding[ending] ?? 'application/octet-stream';
}
