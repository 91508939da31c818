// The reference of the API in docs/api/, printed from the tables that the service itself works with.
import type { Field, Resource } from '#contract/fields.ts';
import { history } from '#contract/history.ts';
import { versionText } from '#contract/versions.ts';
import { resources } from './openapi.ts';
import type { Argument, Route } from './route.ts';

const head =
  '<!-- Printed from the tables of the API: change those, then print it anew: npm run test:unit -- src/api/reference -u -->\n';

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0 ? '' : `\n${[row(heads), row(heads.map(() => '---')), ...rows.map(row)].join('\n')}\n`;

const since = (minor: number | undefined): string => versionText(Math.max(minor ?? 1, 1));

const argumentRow = ([name, argument]: [string, Argument]): string[] => [
  `\`${name}\``,
  argument.type,
  since(argument.since),
  argument.required ? 'required' : '',
];

function operation(route: Route): string {
  const facts = [`From ${since(route.since)}.`, ...(route.policy ? [`Rule \`${route.policy}\`.`] : [])].join(' ');
  const where = route.body === 'arguments' ? 'Argument (query or body)' : 'Argument';
  return `### ${route.method} ${route.path}\n\n${facts}\n${table(
    [where, 'Type', 'Since', ''],
    Object.entries(route.query ?? {}).map(argumentRow),
  )}`;
}

function fieldRow([name, field]: [string, Field]): string[] {
  const patch = field.patch === 'free' ? 'change, remove' : field.patch === 'keep' ? 'change' : '';
  const may = [...(field.create ? ['create'] : []), ...(patch ? [patch] : [])].join(', ');
  return [`\`${name}\``, `${field.type}${field.null ? ' or null' : ''}`, since(field.since), may];
}

const fieldTable = (resource: Resource): string =>
  `## Fields of a ${resource.name}\n${table(
    ['Field', 'Type', 'Since', 'A client may'],
    Object.entries(resource.fields).map(fieldRow),
  )}`;

const groupOf = (path: string): string => path.split('/')[path.startsWith('/v1/') ? 2 : 1] || 'root';
const fileOf = (group: string): string => `${group.replace(/\W+/g, '-').replaceAll('_', '-')}.md`;

/** Resources that have no path of their own hang on nodes. */
const ofNodes = new Set(['bios', 'firmware', 'history']);
const pageOf = ({ path }: Resource): string => (ofNodes.has(path) ? 'nodes' : path.split('/')[0]!);

/** The pages by file name. */
export function printReference(routes: readonly Route[]): Map<string, string> {
  const shown = routes.filter(({ method }) => method !== 'HEAD' && method !== 'OPTIONS');
  const groups = Map.groupBy(shown, ({ path }) => groupOf(path));
  const pages = new Map<string, string>();
  for (const [group, members] of groups) {
    const own = resources.filter((resource) => pageOf(resource) === group);
    const parts = [`# ${group}\n`, ...members.map(operation), ...own.map(fieldTable)];
    pages.set(fileOf(group), `${head}\n${parts.join('\n')}`);
  }
  const list = [...groups].map(([group, members]) => [`[${group}](${fileOf(group)})`, String(members.length)]);
  const versions = history.map((brings, at) => [versionText(at + 1), brings]);
  pages.set(
    'README.md',
    `${head}\n# The API\n${table(['Part', 'Operations'], list)}\n## What each version brought\n${table(['Version', ''], versions)}`,
  );
  return pages;
}
