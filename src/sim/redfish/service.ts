// The service itself: its root, its sessions, tasks, subscriptions, and the collections of machines.
import type { Around, Route } from './around.ts';
import { biosRegistry } from './bios-facts.ts';
import { pathsOf } from './paths.ts';
import { collection, health, type Json, link, nothing, ok, resource } from './reply.ts';

const root = '/redfish/v1';

const serviceRoot = (): Json =>
  resource(`${root}/`, 'ServiceRoot.v1_16_0.ServiceRoot', 'RootService', 'Simulated machines', {
    RedfishVersion: '1.18.0',
    UUID: '6d1f0b52-7a49-4a52-9a3c-5f2f0c1f9f10',
    Vendor: 'Ingot',
    ProtocolFeaturesSupported: { ExpandQuery: { ExpandAll: false }, SelectQuery: false, FilterQuery: false },
    Systems: link(`${root}/Systems`),
    Managers: link(`${root}/Managers`),
    Chassis: link(`${root}/Chassis`),
    SessionService: link(`${root}/SessionService`),
    Tasks: link(`${root}/TaskService`),
    UpdateService: link(`${root}/UpdateService`),
    EventService: link(`${root}/EventService`),
    Registries: link(`${root}/Registries`),
    Links: { Sessions: link(`${root}/SessionService/Sessions`) },
  });

const sessionService = (): Json =>
  resource(`${root}/SessionService`, 'SessionService.v1_1_9.SessionService', 'SessionService', 'Sessions', {
    ServiceEnabled: true,
    SessionTimeout: 1800,
    Sessions: link(`${root}/SessionService/Sessions`),
    Status: health,
  });

const taskService = ({ clock }: Around): Json =>
  resource(`${root}/TaskService`, 'TaskService.v1_2_1.TaskService', 'TaskService', 'Tasks', {
    ServiceEnabled: true,
    DateTime: new Date(clock.now()).toISOString(),
    Tasks: link(`${root}/TaskService/Tasks`),
    Status: health,
  });

const eventService = (): Json =>
  resource(`${root}/EventService`, 'EventService.v1_10_0.EventService', 'EventService', 'Events', {
    ServiceEnabled: true,
    DeliveryRetryAttempts: 3,
    EventTypesForSubscription: ['Alert', 'StatusChange', 'ResourceUpdated'],
    Subscriptions: link(`${root}/EventService/Subscriptions`),
    Actions: {
      '#EventService.SubmitTestEvent': {
        target: `${root}/EventService/Actions/EventService.SubmitTestEvent`,
        'EventType@Redfish.AllowableValues': ['Alert', 'StatusChange', 'ResourceUpdated'],
      },
    },
    Status: health,
  });

const registries = `${root}/Registries`;

const machines = (kind: string, name: string, pathOf: (machine: string) => string): Route => [
  `${root}/${name}`,
  { GET: (_asked, { boards }) => ok(collection(`${root}/${name}`, kind, [...boards.keys()].map(pathOf))) },
];

/** How many sessions the BMC has room for, unless a fault makes it less. */
export const usualSessions = 16;

function roomFor({ boards }: Around): number {
  const told = [...boards.values()].flatMap(({ machine }) => machine.hardware.faults.get('sessions') ?? []);
  return told.length ? Math.min(...told.map(Number)) : Math.max(usualSessions, boards.size);
}

export const serviceRoutes: readonly Route[] = [
  ['/redfish', { GET: () => ok({ v1: `${root}/` }) }],
  [root, { GET: () => ok(serviceRoot()) }],
  machines('ComputerSystem', 'Systems', (name) => pathsOf(name).system),
  machines('Manager', 'Managers', (name) => pathsOf(name).manager),
  machines('Chassis', 'Chassis', (name) => pathsOf(name).chassis),
  [`${root}/SessionService`, { GET: () => ok(sessionService()) }],
  [
    `${root}/SessionService/Sessions`,
    {
      GET: (_asked, { users }) => ok(users.list()),
      POST: ({ body }, around) => around.users.logIn(body, roomFor(around)),
    },
  ],
  [
    `${root}/SessionService/Sessions/{id}`,
    { GET: ({ names }, { users }) => users.show(names.id!), DELETE: ({ names }, { users }) => users.logOut(names.id!) },
  ],
  [`${root}/TaskService`, { GET: (_asked, around) => ok(taskService(around)) }],
  [`${root}/TaskService/Tasks`, { GET: (_asked, { tasks }) => ok(tasks.list()) }],
  [`${root}/TaskService/Tasks/{id}`, { GET: ({ names }, { tasks }) => tasks.show(names.id!) }],
  [`${root}/TaskService/TaskMonitors/{id}`, { GET: ({ names }, { tasks }) => tasks.monitor(names.id!) }],
  [`${root}/EventService`, { GET: () => ok(eventService()) }],
  [`${root}/EventService/Actions/EventService.SubmitTestEvent`, { POST: () => nothing }],
  [
    `${root}/EventService/Subscriptions`,
    {
      GET: (_asked, { subscriptions }) => ok(subscriptions.list()),
      POST: ({ body }, { subscriptions }) => subscriptions.add(body),
    },
  ],
  [
    `${root}/EventService/Subscriptions/{id}`,
    {
      GET: ({ names }, { subscriptions }) => subscriptions.show(names.id!),
      DELETE: ({ names }, { subscriptions }) => subscriptions.remove(names.id!),
    },
  ],
  [registries, { GET: () => ok(collection(registries, 'MessageRegistryFile', [`${registries}/SimBios`])) }],
  [
    `${registries}/SimBios`,
    {
      GET: () =>
        ok(
          resource(
            `${registries}/SimBios`,
            'MessageRegistryFile.v1_1_3.MessageRegistryFile',
            'SimBios',
            'BIOS registry',
            {
              Registry: 'SimBios',
              Languages: ['en'],
              Location: [{ Language: 'en', Uri: biosRegistry['@odata.id'] }],
            },
          ),
        ),
    },
  ],
  [biosRegistry['@odata.id'], { GET: () => ok(biosRegistry) }],
];
