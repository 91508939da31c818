// Files that simulated BMCs fetched, in a folder of their own until they are thrown away.
import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Agent, request } from 'undici';

export class Scratch {
  #folder: Promise<string> | undefined;
  /** Like most BMCs it believes any certificate. */
  readonly #http = new Agent({ connect: { rejectUnauthorized: false } });

  /** Fetch `url`; resolves with the file's path. Throws where the server answers anything but 200. */
  async fetch(url: string): Promise<string> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'ingot-sim-media-'));
    const file = join(await this.#folder, randomBytes(8).toString('hex'));
    const reply = await request(url, { dispatcher: this.#http, headersTimeout: 30_000, bodyTimeout: 30_000 });
    if (reply.statusCode !== 200) {
      await reply.body.dump();
      throw new Error(`the server said HTTP ${reply.statusCode}`);
    }
    await pipeline(Readable.from(reply.body), createWriteStream(file));
    return file;
  }

  async discard(file: string): Promise<void> {
    await rm(file, { force: true });
  }

  async close(): Promise<void> {
    await this.#http.destroy();
    const folder = await this.#folder?.catch(() => undefined);
    if (folder) await rm(folder, { recursive: true, force: true });
  }
}
