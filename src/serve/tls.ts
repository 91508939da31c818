// The API's certificate, as [api] names its files; read again when they change.
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Tls } from '#api/secure-server.ts';
import type { Clock } from '#base/clock.ts';
import { defineError, explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';

export interface TlsFiles {
  readonly cert_file: string | null;
  readonly key_file: string | null;
  readonly tls_minimum_version: string;
  readonly tls_ciphers: string | null;
}

const CertificateUnusable = defineError(
  'CertificateUnusable',
  500,
  (p: { cert: string; key: string; why: string }) =>
    `The API cannot serve TLS with [api] cert_file ${p.cert} and key_file ${p.key}: ${p.why}`,
);

const lookAgainMs = 1_000;

/** Throws CertificateUnusable at once; later it logs and keeps the certificate of before. */
export function watchCertificate(files: TlsFiles, { clock, log }: { clock: Clock; log: Log }): Tls {
  const [cert, key] = [files.cert_file ?? '', files.key_file ?? ''];
  const stampOf = () => {
    const stats = [statSync(cert), statSync(key)];
    return stats.map(({ mtimeMs, size, ino }) => `${mtimeMs} ${size} ${ino}`).join('\n');
  };
  const read = (): SecureContextOptions => {
    const options: SecureContextOptions = {
      cert: readFileSync(cert),
      key: readFileSync(key),
      minVersion: `TLSv${files.tls_minimum_version}` as 'TLSv1.3',
      ...(files.tls_ciphers && { ciphers: files.tls_ciphers }),
    };
    createSecureContext(options); // throws where key and certificate do not fit
    if (statSync(key).mode & 0o004) log.warn({ key }, `Everybody on this machine may read ${key}: chmod o-r it`);
    const { validTo, subject } = new X509Certificate(options.cert as Buffer);
    log.info({ cert, subject, until: validTo }, `TLS certificate ${cert} is good until ${validTo}`);
    return options;
  };
  const start = () => {
    try {
      return { stamp: stampOf(), first: read() };
    } catch (error) {
      throw new CertificateUnusable({ cert, key, why: explain(error) }, { cause: error });
    }
  };
  const { stamp: firstStamp, first } = start();
  let stamp = firstStamp;
  let looked = clock.now();
  return {
    first,
    changed() {
      if (clock.now() - looked < lookAgainMs) return undefined;
      looked = clock.now();
      try {
        const now = stampOf();
        if (now === stamp) return undefined;
        const fresh = read();
        stamp = now; // a file that is only half there is looked at again
        return fresh;
      } catch (error) {
        log.error({ cert }, `The certificate of before stays: ${explain(error)}`);
        return undefined;
      }
    },
  };
}
