// The folders of an ISO 9660 volume, from a flat list of files: every entry gets its short level 1 name.

import { IsoUnbuildable } from './faults.ts';

/** What a file holds: bytes at hand, or a file on disk of a known size in bytes. */
export type IsoContent = Uint8Array | { readonly file: string; readonly size: number };

/** One file of the volume; `path` is relative, with `/` between folders. */
export interface IsoFile {
  readonly path: string;
  readonly content: IsoContent;
}

export interface FileEntry {
  readonly is: 'file';
  readonly name: string;
  isoName: string;
  readonly path: string;
  readonly content: IsoContent;
  readonly size: number;
}

export interface FolderEntry {
  readonly is: 'folder';
  readonly name: string;
  isoName: string;
  readonly children: Map<string, FileEntry | FolderEntry>;
}

/** ECMA-119 §6.8.2.1 allows eight levels of folders, the root being the first. */
const deepest = 8;
/** Joliet allows 64 UCS-2 characters; a Rock Ridge name of 128 bytes still fits one directory record. */
const longestJoliet = 64;
const longestRock = 128;
const largestFile = 0xffffffff - 2047;

/** The number of bytes of a file's content. */
export const sizeOf = (content: IsoContent): number =>
  content instanceof Uint8Array ? content.byteLength : content.size;

const folder = (name: string): FolderEntry => ({ is: 'folder', name, isoName: '', children: new Map() });

function checkName(name: string, path: string): void {
  const refuse = (reason: string) => {
    throw new IsoUnbuildable({ reason: `${JSON.stringify(path)}: ${reason}` });
  };
  if (name === '' || name === '.' || name === '..') refuse('a name in it is empty, "." or ".."');
  if (/[\0-\x1f\x7f\\]/.test(name)) refuse('a name in it holds a control character or a backslash');
  if (name.length > longestJoliet) refuse(`a name in it is longer than ${longestJoliet} characters`);
  if (Buffer.byteLength(name) > longestRock) refuse(`a name in it is longer than ${longestRock} bytes`);
}

function place(root: FolderEntry, file: IsoFile): void {
  const names = file.path.split('/');
  const last = names.pop() ?? '';
  if (names.length >= deepest) throw new IsoUnbuildable({ reason: `${file.path} lies deeper than ${deepest} folders` });
  let at = root;
  for (const name of names) {
    checkName(name, file.path);
    const next = at.children.get(name) ?? folder(name);
    if (next.is === 'file') throw new IsoUnbuildable({ reason: `${file.path}: ${name} is both a file and a folder` });
    at.children.set(name, next);
    at = next;
  }
  checkName(last, file.path);
  if (at.children.has(last)) throw new IsoUnbuildable({ reason: `${file.path} is there twice` });
  const size = sizeOf(file.content);
  if (size > largestFile) throw new IsoUnbuildable({ reason: `${file.path} is larger than 4 GiB` });
  at.children.set(last, { is: 'file', name: last, isoName: '', path: file.path, content: file.content, size });
}

/** Upper-case letters, digits and underscores: the d-characters of ECMA-119 §7.4.1. */
const shorten = (text: string, length: number): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .slice(0, length);

function isoNameFor(entry: FileEntry | FolderEntry, taken: Set<string>): string {
  const dot = entry.is === 'file' ? entry.name.lastIndexOf('.') : -1;
  const stem = shorten(dot > 0 ? entry.name.slice(0, dot) : entry.name, 8) || '_';
  const extension = dot > 0 ? shorten(entry.name.slice(dot + 1), 3) : '';
  const whole = (s: string) => (entry.is === 'file' ? `${s}.${extension};1` : s);
  let name = whole(stem);
  for (let n = 1; taken.has(name); n += 1) name = whole(`${stem.slice(0, 8 - `${n}`.length)}${n}`);
  taken.add(name);
  return name;
}

function nameAll(at: FolderEntry): void {
  const taken = new Set<string>();
  const inOrder = [...at.children.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of inOrder) {
    entry.isoName = isoNameFor(entry, taken);
    if (entry.is === 'folder') nameAll(entry);
  }
}

/** The root folder that holds `files`, every entry with a level 1 name that is unique in its folder. */
export function treeOf(files: readonly IsoFile[]): FolderEntry {
  const root = folder('');
  for (const file of files) place(root, file);
  nameAll(root);
  return root;
}
