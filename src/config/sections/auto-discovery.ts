import { boolean, text } from '../option.ts';

export const autoDiscovery = {
  enabled: boolean(false, 'Enroll unknown inspected machines.', { mutable: true }),
  driver: text(null, 'Driver of nodes that were enrolled so.', { mutable: true }),
  inspection_scope: text(null, 'Inspection scope of nodes that were enrolled so.'),
};
