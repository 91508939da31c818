import { boolean, path } from '../option.ts';

export const anaconda = {
  default_ks_template: path('$pybasedir/drivers/modules/ks.cfg.template', 'Default kickstart template.', {
    mutable: true,
  }),
  insecure_heartbeat: boolean(false, 'Kickstart heartbeats skip TLS check.', { mutable: true }),
};
