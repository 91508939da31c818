import { path, secret, text } from '../option.ts';

export const cifs = {
  base_url: text(null, 'URL of the share, as BMCs are told.'),
  share_path: path(null, 'Where the share is mounted here.'),
  username: text(null, 'User of the share.'),
  password: secret(null, 'Password of the share.'),
};
