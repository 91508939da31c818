// An option in words, for the sample file and the docs.
import { isComputed, type Option } from './option.ts';
import { writeValue } from './read-value.ts';

const shapes: Record<Option['kind'], string> = {
  text: 'text',
  integer: 'whole number',
  float: 'number',
  boolean: 'true or false',
  seconds: 'seconds',
  port: 'port',
  octal: 'octal number',
  list: 'list',
  dict: 'key:value pairs',
  choice: 'one of',
  multi: 'text, may be given more than once',
  host: 'host name or address',
  ip: 'IP address',
  url: 'URL',
  path: 'path',
  'kernel parameters': 'kernel parameters',
};

/** What may stand there: `seconds, 0 or more`, `one of bios, uefi`. */
export function sayShape({ kind, min, max, choices }: Option): string {
  const shape = shapes[kind];
  if (choices) return kind === 'choice' ? `${shape} ${choices.join(', ')}` : `${shape} of ${choices.join(', ')}`;
  if (kind === 'port' || (min === undefined && max === undefined)) return shape;
  if (max === undefined) return `${shape}, ${min} or more`;
  return min === undefined ? `${shape}, ${max} or less` : `${shape}, ${min} to ${max}`;
}

/** The default as it would be written, or undefined where it is none, or depends on the machine. */
export function writtenDefault({ default: start, kind }: Option): string | undefined {
  return start === null || isComputed(start) ? undefined : writeValue(start, kind);
}

/** The default in words. */
export function sayDefault(option: Option): string {
  if (isComputed(option.default)) return option.default.shown;
  const written = writtenDefault(option);
  return written === undefined ? 'not set' : written === '' ? 'empty' : written;
}

/** What else is to know: mutable, secret, deprecated, older names. */
export function sayNotes({ mutable, secret, deprecated, deprecatedNames }: Option): string[] {
  return [
    ...(mutable ? ['can change while Ingot runs'] : []),
    ...(secret ? ['never shown'] : []),
    ...(deprecated ? ['will go away in Ironic'] : []),
    ...(deprecatedNames ? [`older names: ${deprecatedNames.join(', ')}`] : []),
  ];
}
