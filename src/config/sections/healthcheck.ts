import { boolean, list, path } from '../option.ts';

export const healthcheck = {
  enabled: boolean(false, 'Serve /healthcheck.'),
  path: path('/healthcheck', 'Where it is served.'),
  detailed: boolean(false, 'Say more in the reply.'),
  backends: list([], 'Checks to run, as oslo.middleware names them.'),
  disable_by_file_path: path(null, 'The check fails while this file exists.'),
  disable_by_file_paths: list([], 'port:file pairs; the check on that port fails while the file exists.'),
};
