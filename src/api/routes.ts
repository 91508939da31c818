import type { Route } from './route.ts';
import { allocationRoutes } from './routes/allocations.ts';
import { chassisRoutes } from './routes/chassis.ts';
import { conductorRoutes } from './routes/conductors.ts';
import { deployTemplateRoutes } from './routes/deploy-templates.ts';
import { descriptionRoutes } from './routes/description.ts';
import { driverRoutes } from './routes/drivers.ts';
import { outletRoutes } from './routes/ingot-outlets.ts';
import { inspectionRuleRoutes } from './routes/inspection-rules.ts';
import { nodeMaintenanceRoutes } from './routes/node-maintenance.ts';
import { nodeManagementRoutes } from './routes/node-management.ts';
import { nodeMediaRoutes } from './routes/node-media.ts';
import { nodePatchRoutes } from './routes/node-patch.ts';
import { nodeProvisionRoutes } from './routes/node-provision.ts';
import { nodeRaidRoutes } from './routes/node-raid.ts';
import { nodeRecordRoutes } from './routes/node-records.ts';
import { nodeStateRoutes } from './routes/node-states.ts';
import { nodeTraitRoutes } from './routes/node-traits.ts';
import { nodeVifRoutes } from './routes/node-vifs.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { portgroupRoutes } from './routes/portgroups.ts';
import { portRoutes } from './routes/ports.ts';
import { ramdiskRoutes } from './routes/ramdisk.ts';
import { rootRoutes } from './routes/root.ts';
import { runbookRoutes } from './routes/runbooks.ts';
import { smallRoutes } from './routes/small.ts';
import { volumeRoutes } from './routes/volume.ts';

const resourceRoutes: readonly Route[] = [
  ...rootRoutes,
  ...chassisRoutes,
  ...nodeRoutes,
  ...nodePatchRoutes,
  ...nodeStateRoutes,
  ...nodeProvisionRoutes,
  ...nodeMaintenanceRoutes,
  ...nodeManagementRoutes,
  ...nodeTraitRoutes,
  ...nodeVifRoutes,
  ...conductorRoutes,
  ...driverRoutes,
  ...portgroupRoutes,
  ...portRoutes,
  ...allocationRoutes,
  ...deployTemplateRoutes,
  ...inspectionRuleRoutes,
  ...runbookRoutes,
  ...volumeRoutes,
  ...nodeMediaRoutes,
  ...nodeRaidRoutes,
  ...nodeRecordRoutes,
  ...ramdiskRoutes,
  ...smallRoutes,
  ...outletRoutes,
];

/** Every route of the service. */
export const allRoutes: readonly Route[] = [...resourceRoutes, ...descriptionRoutes(resourceRoutes)];
