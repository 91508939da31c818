// The life of a simulated agent, from the ramdisk's start until it is told to go, dies, or the power goes.

import type { Dispatcher } from 'undici';
import type { Clock } from '#base/clock.ts';
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import { AgentCaller, type Beat, CallRefused, type Found } from './agent-caller.ts';
import type { AgentWork } from './agent-commands.ts';
import type { AgentDoors, OpenDoor } from './agent-door.ts';
import { CommandDesk } from './command-desk.ts';
import type { Hardware } from './hardware.ts';
import { inspectionData } from './inventory.ts';
import type { Pace } from './pace.ts';

const AGENT_VERSION = '13.0.0';
/** From this minor version on the agent makes itself a certificate. */
const TLS_SINCE = 68;

/** What the machine around an agent lends it. */
export interface AgentHost {
  readonly hardware: Hardware;
  readonly doors: AgentDoors;
  readonly http: Dispatcher;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly log: Log;
  /** What the agent reports as the BMC's address. */
  readonly bmcAddress: string;
  /** `auto` as the real agent: HTTPS when the API is new enough. */
  readonly tls: 'auto' | 'never';
  powerOff(): void;
  reboot(): void;
}

/**
 * Run the agent with the parameters of its kernel's command line. Resolves when it has ended by itself (nothing to talk
 * to, rescue, death by fault); rejects with the signal's reason when the power goes.
 */
export async function runAgent(
  host: AgentHost,
  parameters: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  const life = new AbortController();
  const alive = AbortSignal.any([signal, life.signal]);
  const agent = new Agent(host, parameters, alive, () => life.abort(new Error('the agent has ended')));
  try {
    await agent.run();
  } catch (error) {
    signal.throwIfAborted();
    if (!life.signal.aborted) host.hardware.console.line(`agent: gave up: ${explain(error)}`);
  } finally {
    await agent.close();
  }
  const { hardware } = host;
  if (hardware.running.is === 'ramdisk') hardware.running = { is: 'ramdisk', agent: 'gone' };
}

class Agent {
  readonly #host: AgentHost;
  readonly #parameters: ReadonlyMap<string, string>;
  readonly #signal: AbortSignal;
  readonly #end: () => void;
  #door: OpenDoor | undefined;
  #wake: AbortController | undefined;
  #forced = false;
  /** The next reply is the last one. */
  #leaving = false;

  constructor(host: AgentHost, parameters: ReadonlyMap<string, string>, signal: AbortSignal, end: () => void) {
    this.#host = host;
    this.#parameters = parameters;
    this.#signal = signal;
    this.#end = end;
  }

  async run(): Promise<void> {
    const { hardware, http, tls } = this.#host;
    const startedAt = this.#host.clock.now();
    const caller = new AgentCaller(http, this.#parameters.get('ipa-api-url') ?? '', this.#signal);
    await caller.negotiate();
    const inspected = await this.#inspect(caller);
    if (!this.#parameters.get('ipa-api-url')) return;
    const found = await this.#lookup(caller, inspected);
    const token = found.token ?? this.#parameters.get('ipa-agent-token');
    if (!token) {
      hardware.console.line('agent: the service gave the token to somebody else before; locked down');
      return;
    }
    const desk = new CommandDesk({
      work: this.#work(),
      token,
      version: AGENT_VERSION,
      startedAt,
      onEnd: () => this.#force(),
    });
    const secure = tls === 'auto' && caller.minor >= TLS_SINCE;
    this.#door = await this.#host.doors.open(hardware.identity.name, secure, async (request, gone) => {
      const reply = await desk.answer(request, gone);
      return this.#leaving ? { ...reply, sent: this.#end } : reply;
    });
    hardware.running = { is: 'ramdisk', agent: 'up' };
    await this.#beatOn(caller, found, token, this.#door);
  }

  async close(): Promise<void> {
    await this.#door?.close();
  }

  async #inspect(caller: AgentCaller): Promise<string | undefined> {
    const url = this.#parameters.get('ipa-inspection-callback-url');
    if (!url) return undefined;
    const { hardware, clock, pace, bmcAddress } = this.#host;
    hardware.console.line(`agent: inspection data goes to ${url}`);
    const collected = {
      lldp: this.#parameters.get('ipa-collect-lldp') === '1',
      pci: (this.#parameters.get('ipa-inspection-collectors') ?? '').split(',').includes('pci-devices'),
    };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await caller.inspected(url, inspectionData(hardware, bmcAddress, clock.now(), collected));
      } catch (error) {
        this.#signal.throwIfAborted();
        hardware.console.line(`agent: ${explain(error)}`);
        const status = statusOf(error);
        const final = status >= 400 && status < 500 && status !== 409;
        if (attempt >= 5 || final) return undefined;
        await clock.sleep(pace.heartbeatRetry * (1 + Math.random() * 5), this.#signal);
      }
    }
  }

  async #lookup(caller: AgentCaller, uuid?: string): Promise<Found> {
    const { hardware, clock, pace } = this.#host;
    const until = clock.now() + pace.lookupTimeout;
    let most = pace.lookupRetry[0];
    let locked = 0;
    for (;;) {
      try {
        const found = await caller.lookup(hardware.identity.macs, uuid);
        hardware.console.line(`agent: this is node ${found.uuid}`);
        return found;
      } catch (error) {
        this.#signal.throwIfAborted();
        hardware.console.line(`agent: lookup: ${explain(error)}`);
        if (clock.now() >= until) throw error;
        if (statusOf(error) === 409) {
          const { lockedPauses } = pace;
          await clock.sleep(lockedPauses[Math.min(locked++, lockedPauses.length - 1)]!, this.#signal);
        }
      }
      most = Math.min(most * 2, pace.lookupRetry[1]);
      await clock.sleep(pace.lookupRetry[0] + Math.random() * (most - pace.lookupRetry[0]), this.#signal);
    }
  }

  async #beatOn(caller: AgentCaller, found: Found, token: string, door: OpenDoor): Promise<void> {
    const { hardware, pace } = this.#host;
    const beat: Beat = {
      callback_url: door.url,
      agent_version: AGENT_VERSION,
      agent_token: token,
      ...(door.certificate && { agent_verify_ca: door.certificate }),
    };
    for (;;) {
      let wait = pace.heartbeatTimeout(found.heartbeatTimeout) * (0.3 + Math.random() * 0.3);
      this.#forced = false;
      try {
        await caller.heartbeat(found.uuid, beat);
      } catch (error) {
        this.#signal.throwIfAborted();
        hardware.console.line(`agent: heartbeat: ${explain(error)}`);
        wait = pace.heartbeatRetry * (1 + Math.random());
      }
      await this.#rest(wait);
    }
  }

  /** Sleep until the next heartbeat is due: `wait` from now, or the least gap when one is forced. */
  async #rest(wait: number): Promise<void> {
    const { clock, pace } = this.#host;
    const least = Math.min(pace.heartbeatGap, wait);
    await clock.sleep(least, this.#signal);
    if (this.#forced || wait <= least) return;
    this.#wake = new AbortController();
    try {
      await clock.sleep(wait - least, AbortSignal.any([this.#signal, this.#wake.signal]));
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!this.#wake.signal.aborted) throw error;
    }
  }

  #force(): void {
    this.#forced = true;
    this.#wake?.abort();
  }

  #work(): AgentWork {
    const { hardware, clock, pace, http, bmcAddress, powerOff, reboot } = this.#host;
    const changes = hardware.faults.has('agent-version-changes');
    return {
      hardware,
      http,
      clock,
      bmcAddress,
      signal: this.#signal,
      managerVersion: { generic_hardware_manager: changes ? `1.${hardware.boots}` : '1.2' },
      pass: (part) => clock.sleep(pace.step * part, this.#signal),
      powerOff,
      reboot,
      leave: (rescue) => {
        hardware.running = rescue ? { is: 'rescue', ...rescue } : { is: 'ramdisk', agent: 'gone' };
        this.#host.log.debug({ machine: hardware.identity.name }, 'the simulated agent leaves');
        this.#leaving = true;
      },
      die: () => {
        hardware.console.line('agent: Killed');
        this.#end();
      },
    };
  }
}

/** The HTTP status that a call was answered with; 0 when it was not. */
const statusOf = (error: unknown): number => (CallRefused.is(error) ? error.facts.status : 0);
