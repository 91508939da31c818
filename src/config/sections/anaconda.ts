import { boolean, path } from '../option.ts';

export const anaconda = {
  default_ks_template: path(
    '$pybasedir/drivers/modules/ks.cfg.template',
    'Kickstart template of instances that name none.',
    {
      mutable: true,
    },
  ),
  insecure_heartbeat: boolean(false, 'Kickstart scripts call back without checking certificates.', { mutable: true }),
};
