import { X509Certificate } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isUuid, newToken } from '#base/ids.ts';
import { Invalid } from '#contract/errors.ts';

const longest = 64 * 1024;

/**
 * Keeps the certificate that a node's agent announced as `<folder>/<uuid>.crt` and returns the path. What is no
 * certificate throws Invalid, so that nothing else is ever trusted or written.
 */
export async function keepCertificate(folder: string, node: string, pem: string): Promise<string> {
  if (!isUuid(node)) throw new Invalid({ why: `"${node}" is no node UUID.` });
  if (pem.length > longest) throw new Invalid({ why: `agent_verify_ca is longer than ${longest} characters.` });
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw new Invalid({ why: 'agent_verify_ca is no certificate in PEM form.' }, { cause: error });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${node}.crt`);
  const part = `${path}.${newToken(6)}`;
  await writeFile(part, pem, { mode: 0o600 });
  await rename(part, path);
  return path;
}
