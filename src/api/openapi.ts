// The API described by its own tables: OpenAPI 3.1 of one version.
import type { Field, Resource } from '#contract/fields.ts';
import { allocation } from '#contract/resources/allocation.ts';
import { biosSetting } from '#contract/resources/bios-setting.ts';
import { chassis } from '#contract/resources/chassis.ts';
import { conductor } from '#contract/resources/conductor.ts';
import { deployTemplate } from '#contract/resources/deploy-template.ts';
import { driver } from '#contract/resources/driver.ts';
import { firmware } from '#contract/resources/firmware.ts';
import { history } from '#contract/resources/history.ts';
import { inspectionRule } from '#contract/resources/inspection-rule.ts';
import { node } from '#contract/resources/node.ts';
import { port } from '#contract/resources/port.ts';
import { portgroup } from '#contract/resources/portgroup.ts';
import { runbook } from '#contract/resources/runbook.ts';
import { volumeConnector } from '#contract/resources/volume-connector.ts';
import { volumeTarget } from '#contract/resources/volume-target.ts';
import { versionText } from '#contract/versions.ts';
import type { Argument, Route } from './route.ts';

type Schema = Readonly<Record<string, unknown>>;

export const resources: readonly Resource[] = [
  allocation,
  biosSetting,
  chassis,
  conductor,
  deployTemplate,
  driver,
  firmware,
  history,
  inspectionRule,
  node,
  port,
  portgroup,
  runbook,
  volumeConnector,
  volumeTarget,
];

const fieldSchemas: Record<Field['type'], Schema> = {
  string: { type: 'string' },
  uuid: { type: 'string', format: 'uuid' },
  mac: { type: 'string', pattern: '^([0-9a-f]{2}:){5}[0-9a-f]{2}$' },
  integer: { type: 'integer' },
  boolean: { type: 'boolean' },
  flag: { type: 'boolean' },
  object: { type: 'object' },
  list: { type: 'array' },
  time: { type: 'string', format: 'date-time' },
  links: { type: 'array', items: { $ref: '#/components/schemas/link' } },
};

function fieldSchema(field: Field): Schema {
  const schema = fieldSchemas[field.type];
  const type = field.null && schema.type ? [schema.type, 'null'] : schema.type;
  return { ...schema, type, ...(field.max && { maxLength: field.max }), 'x-since': versionText(field.since) };
}

const properties = (resource: Resource, minor: number, wanted: (field: Field) => boolean): Schema =>
  Object.fromEntries(
    Object.entries(resource.fields)
      .filter(([, field]) => field.since <= minor && wanted(field))
      .map(([name, field]) => [name, fieldSchema(field)]),
  );

function resourceSchemas(minor: number): Schema {
  const known = resources.filter((resource) => resource.since <= minor);
  return Object.fromEntries(
    known.flatMap((resource) => {
      const shown = { type: 'object', properties: properties(resource, minor, (field) => field.shown !== false) };
      const given = properties(resource, minor, (field) => field.create === true);
      const creation = { type: 'object', properties: given, required: resource.required, additionalProperties: false };
      return [
        [resource.name, shown],
        ...(Object.keys(given).length ? [[`${resource.name}_creation`, creation] as const] : []),
      ];
    }),
  );
}

const argumentSchemas: Record<Argument['type'], Schema> = {
  string: { type: 'string' },
  flag: { type: 'boolean' },
  integer: { type: 'integer' },
  count: { type: 'integer', minimum: 1 },
  list: { type: 'string', description: 'Separated by commas.' },
  uuid: { type: 'string', format: 'uuid' },
  mac: { type: 'string' },
  ident: { type: 'string', description: 'A UUID or a name.' },
  any: {},
};

const takenAt = (route: Route, minor: number): [string, Argument][] =>
  Object.entries(route.query ?? {}).filter(([, argument]) => (argument.since ?? 0) <= minor);

function operation(route: Route, minor: number): Schema {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const taken = takenAt(route, minor);
  const inQuery = route.body === 'arguments' ? [] : taken.map(([name, argument]) => queryParameter(name, argument));
  return {
    operationId: `${route.method.toLowerCase()}${route.path.replace(/[{}]/g, '').replace(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    parameters: [{ $ref: '#/components/parameters/version' }, ...inPath, ...inQuery],
    ...(route.body === 'arguments' && { requestBody: argumentBody(taken) }),
    ...(route.body === 'json' && { requestBody: { content: { 'application/json': { schema: {} } } } }),
    responses: { '2XX': { description: 'Done, or accepted.' }, default: { $ref: '#/components/responses/error' } },
    'x-since': versionText(route.since),
    ...(route.policy && { 'x-policy': route.policy }),
  };
}

const queryParameter = (name: string, argument: Argument): Schema => ({
  name,
  in: 'query',
  required: argument.required ?? false,
  schema: argumentSchemas[argument.type],
});

const argumentBody = (taken: readonly (readonly [string, Argument])[]): Schema => ({
  content: {
    'application/json': {
      schema: {
        type: 'object',
        properties: Object.fromEntries(taken.map(([name, argument]) => [name, argumentSchemas[argument.type]])),
        required: taken.filter(([, argument]) => argument.required).map(([name]) => name),
        additionalProperties: false,
      },
    },
  },
});

/** The description of what is served at 1.`minor`. */
export function describeApi(routes: readonly Route[], minor: number): Schema {
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    if (route.since > minor || route.method === 'HEAD' || route.method === 'OPTIONS') continue;
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = operation(route, minor);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Bare metal API', version: versionText(minor) },
    paths,
    components: {
      parameters: {
        version: {
          name: 'X-OpenStack-Ironic-API-Version',
          in: 'header',
          schema: { type: 'string', default: '1.1', examples: [versionText(minor), 'latest'] },
        },
      },
      responses: {
        error: {
          description: 'What is wrong, as JSON inside of text.',
          content: {
            'application/json': {
              schema: { type: 'object', properties: { error_message: { type: 'string' } } },
            },
          },
        },
      },
      schemas: {
        link: { type: 'object', properties: { href: { type: 'string' }, rel: { type: 'string' } } },
        ...resourceSchemas(minor),
      },
    },
  };
}
