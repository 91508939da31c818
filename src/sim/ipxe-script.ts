// Runs iPXE scripts as the firmware of a simulated machine would, as far as boot scripts use them.

/** What a script came to. */
export type ScriptEnd =
  | { readonly is: 'boot'; readonly kernel: string; readonly commandLine: string; readonly initrds: readonly string[] }
  | { readonly is: 'next device' }
  | { readonly is: 'disk' }
  /** A drive that is read over HTTP. */
  | { readonly is: 'iso'; readonly url: string }
  | { readonly is: 'power off' }
  | { readonly is: 'reboot' }
  | { readonly is: 'failed'; readonly why: string };

/** What the firmware can do for a script. A fetch that fails resolves to its reason. */
export interface Firmware {
  /** The text behind `url` (absolute), or why there is none. */
  fetchScript(url: string): Promise<{ text: string } | { why: string }>;
  /** Whether a kernel or ramdisk can be had: null, or why not. */
  probe(url: string): Promise<string | null>;
  sleep(ms: number): Promise<void>;
  print(line: string): void;
}

/** iPXE settings by name without scope (`mac`), or with it (`net1/mac`). */
export type Settings = ReadonlyMap<string, string>;

interface Script {
  readonly url: string;
  readonly lines: readonly string[];
  at: number;
}

interface Run {
  readonly firmware: Firmware;
  readonly settings: Map<string, string>;
  kernel?: { url: string; args: string };
  initrds: string[];
  end?: ScriptEnd;
  why: string;
  steps: number;
  depth: number;
}

const MOST_STEPS = 2_000;
const MOST_DEPTH = 8;

/** Run the script at `url`, with the machine's settings. */
export async function runScript(url: string, text: string, settings: Settings, firmware: Firmware): Promise<ScriptEnd> {
  const run: Run = { firmware, settings: new Map(settings), initrds: [], why: '', steps: 0, depth: 0 };
  const fine = await execute(run, url, text);
  if (run.end) return run.end;
  return fine ? { is: 'next device' } : { is: 'failed', why: run.why || 'the boot script ended with an error' };
}

async function execute(run: Run, url: string, text: string): Promise<boolean> {
  if (!/^#!(ipxe|gpxe)\b/.test(text)) return fail(run, `${url} is not an iPXE script`);
  if (run.depth >= MOST_DEPTH) return fail(run, `boot scripts chain each other more than ${MOST_DEPTH} deep`);
  run.depth += 1;
  const script: Script = { url, lines: text.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/), at: 0 };
  let fine = true;
  while (fine && !run.end && script.at < script.lines.length) {
    fine = await executeLine(run, script, script.lines[script.at++]!);
    run.steps += 1;
    if (run.steps > MOST_STEPS) fine = fail(run, `the boot script ${url} does not come to an end`);
  }
  run.depth -= 1;
  return fine;
}

async function executeLine(run: Run, script: Script, raw: string): Promise<boolean> {
  const line = raw.trim();
  if (!line || line.startsWith('#') || line.startsWith(':')) return true;
  let fine = true;
  let on: '' | '&&' | '||' = '';
  for (const part of split(expand(line, run.settings))) {
    if (part === '&&' || part === '||') {
      on = part;
    } else if (on === '' || fine === (on === '&&')) {
      const here = script.at;
      fine = await command(run, script, part);
      if (run.end || script.at !== here) return true;
    }
  }
  return fine;
}

/** Commands and the operators between them; a trailing operator is followed by the empty command, which succeeds. */
function split(line: string): string[] {
  return line.split(/(?:^|\s+)(&&|\|\|)(?=\s|$)/).map((part) => part.trim());
}

const typed: Readonly<Record<string, (value: string) => string>> = {
  hexhyp: (value) => value.replaceAll(':', '-'),
  hexraw: (value) => value.replaceAll(':', ''),
  uristring: (value) => encodeURIComponent(value),
};

/** `line` with every `${setting}` and `${setting:type}` replaced, the innermost first. */
export function expand(line: string, settings: Settings): string {
  let text = line;
  for (let round = 0; round < 64 && /\$\{[^${}]*\}/.test(text); round += 1) {
    text = text.replace(/\$\{([^${}]*)\}/, (_, name: string) => {
      const [key = '', type = ''] = name.split(':');
      const value = settings.get(key) ?? settings.get(key.split('/').at(-1) === key ? `net0/${key}` : '') ?? '';
      return typed[type]?.(value) ?? value;
    });
  }
  return text;
}

function fail(run: Run, why: string): false {
  run.why = why;
  return false;
}

function finish(run: Run, end: ScriptEnd): true {
  run.end = end;
  return true;
}

type Command = (run: Run, script: Script, words: string[], rest: string) => boolean | Promise<boolean>;

/** A setting's name without its type, `i` of `i:int32`. */
const untyped = (name: string): string => name.split(':')[0] ?? '';

const yes: Command = () => true;
const no: Command = () => false;

const commands: Readonly<Record<string, Command>> = {
  '': yes,
  echo: (run, _, __, rest) => {
    run.firmware.print(rest);
    return true;
  },
  set: (run, _, [name = '', ...value]) => {
    run.settings.set(untyped(name), value.join(' '));
    return true;
  },
  clear: (run, _, [name = '']) => {
    run.settings.delete(untyped(name));
    return true;
  },
  inc: (run, _, [name = '', by = '1']) => {
    const key = untyped(name);
    run.settings.set(key, String(Number(run.settings.get(key) || 0) + Number(by)));
    return true;
  },
  isset: (_, __, words) => words.join('') !== '',
  iseq: (_, __, [a, b]) => a === b,
  goto: (run, script, [label = '']) => {
    const at = script.lines.findIndex((line) => line.trim().split(/\s+/)[0] === `:${label}`);
    if (at < 0) return fail(run, `${script.url} has no label "${label}"`);
    script.at = at;
    return true;
  },
  chain,
  imgexec: chain,
  boot: (run, script, words) => (words.length > 0 ? chain(run, script, words) : bootKernel(run)),
  kernel: async (run, script, words) => {
    const [uri = '', ...args] = withoutOptions(words);
    const url = new URL(uri, script.url).href;
    const why = await run.firmware.probe(url);
    if (why) return fail(run, why);
    run.kernel = { url, args: args.join(' ') };
    return true;
  },
  initrd: async (run, script, words) => {
    const url = new URL(withoutOptions(words)[0] ?? '', script.url).href;
    const why = await run.firmware.probe(url);
    if (why) return fail(run, why);
    run.initrds.push(url);
    return true;
  },
  imgfree: (run) => {
    delete run.kernel;
    run.initrds = [];
    return true;
  },
  imgargs: (run, _, [, ...args]) => {
    if (run.kernel) run.kernel.args = args.join(' ');
    return run.kernel !== undefined;
  },
  sleep: async (run, _, [seconds = '0']) => {
    await run.firmware.sleep(Number(seconds) * 1000);
    return true;
  },
  sanboot: async (run, script, words) => {
    const uri = withoutOptions(words)[0] ?? '';
    if (!/^https?:/.test(uri)) return finish(run, { is: 'disk' });
    const url = new URL(uri, script.url).href;
    const why = await run.firmware.probe(url);
    return why ? fail(run, why) : finish(run, { is: 'iso', url });
  },
  exit: (run, _, [code = '0']) => (Number(code) === 0 ? finish(run, { is: 'next device' }) : fail(run, `exit ${code}`)),
  poweroff: (run) => finish(run, { is: 'power off' }),
  reboot: (run) => finish(run, { is: 'reboot' }),
  shell: (run) => finish(run, { is: 'failed', why: run.why || 'the boot script gave up and opened a shell' }),
  prompt: no,
  iflinkwait: yes,
  ...Object.fromEntries(
    'dhcp ifopen ifclose ifconf ifstat route menu item choose console colour cpair cpuid params param sync imgstat'
      .split(' ')
      .map((name) => [name, yes]),
  ),
};

/** Options with a value are written `--name=value` or, as boot scripts write them, `--name value` for these. */
const optionsWithValue = new Set(['--name', '-n', '--timeout', '-t', '--params', '--drive', '-d']);

function withoutOptions(words: readonly string[]): string[] {
  const at = words.findIndex((word, i) => !word.startsWith('-') && !optionsWithValue.has(words[i - 1] ?? ''));
  return at < 0 ? [] : words.slice(at);
}

async function chain(run: Run, script: Script, words: string[]): Promise<boolean> {
  const [uri = ''] = withoutOptions(words);
  const url = new URL(uri, script.url).href;
  const got = await run.firmware.fetchScript(url);
  if ('why' in got) return fail(run, got.why);
  const fine = await execute(run, url, got.text);
  if (run.end || !words.includes('--replace')) return fine;
  return finish(run, fine ? { is: 'next device' } : { is: 'failed', why: run.why });
}

function bootKernel(run: Run): boolean {
  if (!run.kernel) return fail(run, 'the boot script boots without having loaded a kernel');
  return finish(run, { is: 'boot', kernel: run.kernel.url, commandLine: run.kernel.args, initrds: run.initrds });
}

function command(run: Run, script: Script, text: string): boolean | Promise<boolean> {
  const [name = '', ...words] = text.split(/\s+/);
  const known = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const meant = known ?? (name === 'imgfetch' || name === 'module' ? commands.initrd : undefined);
  return meant ? meant(run, script, words, text.slice(name.length).trim()) : fail(run, `${name}: no such iPXE command`);
}
