import { path, text } from '../option.ts';

export const nfs = {
  base_url: text(null, 'URL of the share, as BMCs are told.'),
  share_path: path(null, 'Where the share is mounted here.'),
};
