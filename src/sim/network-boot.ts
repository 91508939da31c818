// What a state body does when it boots from the network: it asks over HTTP for what iPXE would ask for.

import { type Dispatcher, request } from 'undici';
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Hardware } from './hardware.ts';
import { type Firmware, runScript, type ScriptEnd } from './ipxe-script.ts';

/** Where a rack's machines find what they boot; DHCP would tell it. */
export interface BootSource {
  /** The folder of `boot.ipxe`, such as `http://127.0.0.1:8080/`. */
  readonly bootUrl?: string;
  /** Without a boot folder: the API that the agent calls, as if the ramdisk had booted. */
  readonly apiUrl?: string;
}

export interface NetworkBoot {
  readonly hardware: Hardware;
  readonly source: BootSource;
  readonly http: Dispatcher;
  readonly clock: Clock;
  readonly speed: number;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 30_000;

/** Ask for the boot script and follow it; what was fetched, and what was not, stands on the console. */
export async function networkBoot(boot: NetworkBoot): Promise<ScriptEnd> {
  const { bootUrl, apiUrl } = boot.source;
  if (bootUrl) return followScripts(boot, bootUrl.endsWith('/') ? bootUrl : `${bootUrl}/`);
  if (apiUrl) return { is: 'boot', kernel: 'built in', commandLine: `ipa-api-url=${apiUrl}`, initrds: [] };
  return { is: 'failed', why: 'no boot configuration: the machine was told neither a boot folder nor an API' };
}

async function followScripts(boot: NetworkBoot, folder: string): Promise<ScriptEnd> {
  const firmware = firmwareOf(boot);
  const [mac = ''] = boot.hardware.identity.macs;
  const tried: string[] = [];
  for (const path of ['boot.ipxe', `pxelinux.cfg/${mac.replaceAll(':', '-')}`]) {
    const url = new URL(path, folder).href;
    const got = await firmware.fetchScript(url);
    if ('text' in got) return runScript(url, got.text, settingsOf(boot.hardware), firmware);
    tried.push(got.why);
  }
  return { is: 'failed', why: `no boot configuration: ${tried.join('; ')}` };
}

/** The settings that iPXE knows of a machine. */
function settingsOf({ identity, bootMode }: Hardware): Map<string, string> {
  return new Map([
    ...identity.macs.map((mac, i) => [`net${i}/mac`, mac] as const),
    ['netX/mac', identity.macs[0] ?? ''],
    ['mac', identity.macs[0] ?? ''],
    ['uuid', identity.uuid],
    ['serial', identity.serial],
    ['manufacturer', identity.vendor],
    ['product', identity.product],
    ['asset', identity.assetTag],
    ['platform', bootMode === 'uefi' ? 'efi' : 'pcbios'],
    ['buildarch', 'x86_64'],
    ['arch', 'x86_64'],
    ['cpuarch', 'x86_64'],
  ]);
}

function firmwareOf({ hardware, http, clock, speed, signal }: NetworkBoot): Firmware {
  const ask = async (url: string, method: 'GET' | 'HEAD') => {
    if (!/^https?:/.test(url)) throw new Error('simulated machines fetch over HTTP only');
    const timed = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const reply = await request(url, { method, dispatcher: http, signal: timed });
    const text = await reply.body.text();
    if (reply.statusCode !== 200) throw new Error(`HTTP ${reply.statusCode}`);
    return text;
  };
  const told = async <T>(url: string, work: () => Promise<T>): Promise<T | { why: string }> => {
    try {
      const done = await work();
      hardware.console.line(`${url}... ok`);
      return done;
    } catch (error) {
      signal.throwIfAborted();
      const why = `${url}: ${explain(error)}`;
      hardware.console.line(why);
      return { why };
    }
  };
  return {
    fetchScript: (url) => told(url, async () => ({ text: await ask(url, 'GET') })),
    probe: async (url) => {
      const got = await told(url, () => ask(url, 'HEAD'));
      return typeof got === 'string' ? null : got.why;
    },
    sleep: (ms) => clock.sleep(ms / speed, signal),
    print: (line) => hardware.console.line(line),
  };
}

/** The parameters of a kernel's command line; a word without `=` is its own value; the last of a name counts. */
export function kernelParameters(commandLine: string): Map<string, string> {
  const words = commandLine.match(/(?:[^\s"]|"[^"]*")+/g) ?? [];
  return new Map(
    words.map((word) => {
      const at = word.indexOf('=');
      const bare = (text: string) => text.replaceAll('"', '');
      return at < 0 ? [bare(word), bare(word)] : [word.slice(0, at), bare(word.slice(at + 1))];
    }),
  );
}
