// Arguments of a query or of a body that is nothing but arguments, read as the route declares them.
import { InvalidParameterValue, MissingParameterValue, NotAcceptable, UnknownArgument } from '#contract/errors.ts';
import {
  readCount,
  readFlag,
  readIdent,
  readInteger,
  readList,
  readMac,
  readText,
  readUuid,
} from '#contract/values.ts';
import type { Argument, Arguments } from './route.ts';

type Given = Record<string, unknown>;

/** The query of a URL: what is given twice is a list of both, which lists alone take. compat: `;` parts as `&` does. */
export function queryOf(search: string): Given {
  const given: Given = {};
  if (search === '') return given;
  for (const [name, value] of new URLSearchParams(search.replaceAll(';', '&')))
    given[name] = Object.hasOwn(given, name) ? [given[name], value].flat() : value;
  return given;
}

/** The arguments of a query and a body: who stands in both is given twice. */
export function together(query: Given, body: Given): Given {
  const twice = Object.keys(body).filter((name) => Object.hasOwn(query, name));
  return { ...query, ...body, ...Object.fromEntries(twice.map((name) => [name, [query[name], body[name]]])) };
}

/** What was given, read. Order of refusals: unknown names (400), missing ones (400), forms (400), versions (406). */
export function readArguments(declared: Arguments, given: Given, minor: number): Given {
  const names = Object.keys(given);
  const unknown = names.filter((name) => !Object.hasOwn(declared, name));
  if (unknown.length) throw new UnknownArgument({ names: unknown, taken: Object.keys(declared) });
  for (const [name, argument] of Object.entries(declared))
    if (argument.required && !Object.hasOwn(given, name))
      throw new MissingParameterValue({
        why: `The argument "${name}" is missing, and without it nothing can be done.`,
      });
  const read: Given = {};
  for (const name of names) {
    const value = readOne(name, declared[name]!, given[name]);
    if (value !== undefined) read[name] = value;
  }
  for (const name of Object.keys(read)) {
    const since = declared[name]!.since ?? 0;
    if (since > minor) throw new NotAcceptable({ what: `The argument "${name}"`, since });
  }
  return read;
}

function readOne(name: string, argument: Argument, value: unknown): unknown {
  if (value === null) return argument.null ? null : undefined;
  switch (argument.type) {
    case 'string':
      return readText(name, value);
    case 'flag':
      return readFlag(name, value);
    case 'integer':
      return readInteger(name, value);
    case 'count':
      return readCount(name, value);
    case 'list':
      return readList(
        [value]
          .flat()
          .map((item) => readText(name, item))
          .join(),
      );
    case 'uuid':
      return readUuid(name, value).toLowerCase();
    case 'mac':
      return readMac(value);
    case 'ident':
      return readIdent(name, readText(name, value));
    case 'any':
      return value;
  }
}

/** The keys of an argument body; a body that is no object has none (compat). */
export function argumentsOf(body: unknown): Given {
  if (body === undefined || body === null) return {};
  if (typeof body === 'object' && !Array.isArray(body)) return body as Given;
  if (Array.isArray(body)) return {};
  throw new InvalidParameterValue({ why: 'The body of this request is a JSON object of arguments.' });
}
