import { adapter, auth, session } from './keystone-client.ts';

export const serviceCatalog = {
  ...auth,
  ...session,
  ...adapter('baremetal'),
};
