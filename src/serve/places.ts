// Where a run keeps its files and what it calls itself: the options where they were set, else below the data folder.
import { join, resolve } from 'node:path';
import { databaseOf } from '#config/database-url.ts';
import type { LoadedConfig } from '#config/load.ts';
import { InvalidParameterValue } from '#contract/errors.ts';

export interface Places {
  readonly dataDir: string;
  /** For `openDb`. */
  readonly databaseUrl: string;
  readonly httpRoot: string;
  readonly tftpRoot: string;
  readonly imageCache: string;
  readonly certificates: string;
}

/** The option where somebody set it, else the folder below the data folder that Ingot uses by itself. */
export function placesOf({ config, sources }: LoadedConfig): Places {
  const dataDir = resolve(config.ingot.data_dir);
  const pick = (option: string, value: string, ours: string) =>
    sources.has(option) ? resolve(value) : join(dataDir, ours);
  const database = databaseOf(config);
  if ('problem' in database) throw new InvalidParameterValue({ why: `[database] connection: ${database.problem}.` });
  return {
    dataDir,
    databaseUrl:
      database.dialect === 'sqlite'
        ? database.file === ':memory:'
          ? 'sqlite::memory:'
          : `sqlite:///${resolve(database.file)}`
        : database.url,
    httpRoot: pick('deploy.http_root', config.deploy.http_root, 'httpboot'),
    tftpRoot: pick('pxe.tftp_root', config.pxe.tftp_root, 'tftpboot'),
    imageCache: pick('pxe.instance_master_path', config.pxe.instance_master_path, 'images'),
    certificates: pick('agent.certificates_path', config.agent.certificates_path, 'certificates'),
  };
}
