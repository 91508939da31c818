// Every section of the configuration, in the order of the sample file and the docs.
import type { Values } from './option.ts';
import { agent } from './sections/agent.ts';
import { agentContainers } from './sections/agent-containers.ts';
import { anaconda } from './sections/anaconda.ts';
import { ansible } from './sections/ansible.ts';
import { api } from './sections/api.ts';
import { audit } from './sections/audit.ts';
import { autoDiscovery } from './sections/auto-discovery.ts';
import { cifs } from './sections/cifs.ts';
import { cinder } from './sections/cinder.ts';
import { conductor } from './sections/conductor.ts';
import { console } from './sections/console.ts';
import { cors } from './sections/cors.ts';
import { database } from './sections/database.ts';
import { defaults } from './sections/default.ts';
import { deploy } from './sections/deploy.ts';
import { dhcp } from './sections/dhcp.ts';
import { diskUtils } from './sections/disk-utils.ts';
import { dnsmasq } from './sections/dnsmasq.ts';
import { drac } from './sections/drac.ts';
import { errors } from './sections/errors.ts';
import { fake } from './sections/fake.ts';
import { glance } from './sections/glance.ts';
import { healthcheck } from './sections/healthcheck.ts';
import { ingot } from './sections/ingot.ts';
import { inspectionRules } from './sections/inspection-rules.ts';
import { inspector } from './sections/inspector.ts';
import { inventory } from './sections/inventory.ts';
import { ipmi } from './sections/ipmi.ts';
import { ironicNetworking } from './sections/ironic-networking.ts';
import { jsonRpc } from './sections/json-rpc.ts';
import { keystoneAuthtoken } from './sections/keystone-authtoken.ts';
import { mdns } from './sections/mdns.ts';
import { metrics } from './sections/metrics.ts';
import { metricsStatsd } from './sections/metrics-statsd.ts';
import { neutron } from './sections/neutron.ts';
import { nfs } from './sections/nfs.ts';
import { nova } from './sections/nova.ts';
import { oci } from './sections/oci.ts';
import { osloMessagingNotifications } from './sections/oslo-messaging-notifications.ts';
import { osloMiddleware } from './sections/oslo-middleware.ts';
import { osloPolicy } from './sections/oslo-policy.ts';
import { pxe } from './sections/pxe.ts';
import { pxeFilter } from './sections/pxe-filter.ts';
import { redfish } from './sections/redfish.ts';
import { sensorData } from './sections/sensor-data.ts';
import { serviceCatalog } from './sections/service-catalog.ts';
import { swift } from './sections/swift.ts';
import { vnc } from './sections/vnc.ts';

export const sections = {
  ingot,
  DEFAULT: defaults,
  agent,
  agent_containers: agentContainers,
  anaconda,
  ansible,
  api,
  audit,
  auto_discovery: autoDiscovery,
  cifs,
  cinder,
  conductor,
  console,
  database,
  deploy,
  dhcp,
  disk_utils: diskUtils,
  drac,
  errors,
  glance,
  healthcheck,
  inspection_rules: inspectionRules,
  inspector,
  inventory,
  ipmi,
  ironic_networking: ironicNetworking,
  ironic_networking_json_rpc: jsonRpc,
  json_rpc: jsonRpc,
  mdns,
  metrics,
  metrics_statsd: metricsStatsd,
  neutron,
  nfs,
  nova,
  oci,
  pxe,
  pxe_filter: pxeFilter,
  redfish,
  sensor_data: sensorData,
  service_catalog: serviceCatalog,
  swift,
  vnc,
  dnsmasq,
  fake,
  keystone_authtoken: keystoneAuthtoken,
  oslo_policy: osloPolicy,
  oslo_messaging_notifications: osloMessagingNotifications,
  oslo_middleware: osloMiddleware,
  cors,
};

/** The whole configuration: `config.conductor.sync_power_state_interval` is a number. */
export type Config = { [S in keyof typeof sections]: Values<(typeof sections)[S]> } & {
  /** Sections named `cors.` and something: what they leave out is as in [cors]. */
  'cors.*'?: readonly Values<typeof cors>[];
};
