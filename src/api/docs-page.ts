// The API for people with a browser: one page out of its own description, without scripts and without anything from elsewhere.
import { latest, lowest, versionText } from '#contract/versions.ts';

type Node = Readonly<Record<string, unknown>>;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: unknown): string => String(text).replace(/[&<>"']/g, (letter) => entities[letter]!);

const style = `
:root{color-scheme:light dark;--line:#8884}body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
code,summary{font-family:ui-monospace,monospace}summary{cursor:pointer;padding:.25rem 0}details{border-bottom:1px solid var(--line)}
details>div{padding:0 0 1rem 1rem}table{border-collapse:collapse}td,th{text-align:left;padding:.1rem 1rem .1rem 0;vertical-align:top}
b{display:inline-block;min-width:4.5rem}nav a,h2 a{margin-right:.6rem}h2{margin-top:2rem}
`;

/** What the page may load: nothing but its own style. */
export const docsPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const table = (heads: readonly string[], rows: readonly (readonly unknown[])[]): string =>
  rows.length === 0
    ? ''
    : `<table><tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join('')}</tr>${rows
        .map((row) => `<tr>${row.map((cell) => `<td><code>${escaped(cell ?? '')}</code></td>`).join('')}</tr>`)
        .join('')}</table>`;

const typeOf = (schema: Node): string => [schema.type ?? 'any'].flat().join(' or ');

interface Parameter extends Node {
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly schema?: Node;
}

function operation(method: string, path: string, told: Node): string {
  const parameters = ((told.parameters ?? []) as Parameter[]).filter(({ name }) => name !== undefined);
  const rows = parameters.map((p) => [p.name, p.in, typeOf(p.schema ?? {}), p.required ? 'required' : '']);
  const body = schemaOfBody(told);
  const properties = Object.entries((body?.properties ?? {}) as Record<string, Node>);
  const facts = [
    `from API version ${escaped(told['x-since'])}`,
    ...(told['x-policy'] ? [`rule <code>${escaped(told['x-policy'])}</code>`] : []),
  ].join(', ');
  return `<details><summary><b>${escaped(method.toUpperCase())}</b>${escaped(path)}</summary><div><p>${facts}</p>${table(
    ['Argument', 'In', 'Type', ''],
    rows,
  )}${table(
    ['Key of the body', 'Type'],
    properties.map(([name, schema]) => [name, typeOf(schema)]),
  )}${body && !properties.length ? '<p>Takes a JSON body.</p>' : ''}</div></details>`;
}

function schemaOfBody(told: Node): Node | undefined {
  const body = told.requestBody as { content?: Record<string, { schema?: Node }> } | undefined;
  return body?.content?.['application/json']?.schema;
}

function resource(name: string, schema: Node): string {
  const rows = Object.entries((schema.properties ?? {}) as Record<string, Node>).map(([field, told]) => [
    field,
    typeOf(told),
    told['x-since'],
  ]);
  return `<details id="${escaped(name)}"><summary>${escaped(name)}</summary><div>${table(
    ['Field', 'Type', 'From version'],
    rows,
  )}</div></details>`;
}

const groupOf = (path: string): string => path.split('/')[path.startsWith('/v1/') ? 2 : 1] || 'root';

/** The page for one version out of its OpenAPI description. */
export function docsPage(description: Node, minor: number): string {
  const paths = Object.entries(description.paths as Record<string, Record<string, Node>>);
  const groups = Map.groupBy(paths, ([path]) => groupOf(path));
  const sections = [...groups].map(([group, members]) => {
    const operations = members.flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, told]) => operation(method, path, told)),
    );
    return `<h2 id="g-${escaped(group)}">${escaped(group)}</h2>${operations.join('')}`;
  });
  const { schemas } = description.components as { schemas: Record<string, Node> };
  const versions = [lowest, 50, 82, latest].map(
    (version) => `<a href="/docs?version=${versionText(version)}">${versionText(version)}</a>`,
  );
  const links = [...groups.keys()].map((group) => `<a href="#g-${escaped(group)}">${escaped(group)}</a>`);
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Bare metal API ${versionText(minor)}</title>
<meta name="viewport" content="width=device-width"><style>${style}</style></head><body>
<h1>Bare metal API, version ${versionText(minor)}</h1>
<p>Other versions: ${versions.join(' ')} (any, as <code>?version=1.N</code>). For programs:
<a href="/openapi.json?version=${versionText(minor)}">/openapi.json</a></p>
<nav>${links.join(' ')} <a href="#fields">fields</a></nav>
${sections.join('')}<h2 id="fields">Fields</h2>${Object.entries(schemas)
    .map(([name, schema]) => resource(name, schema))
    .join('')}</body></html>`;
}
