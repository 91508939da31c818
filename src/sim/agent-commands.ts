// The commands of the agent protocol, and what a simulated machine does for each.

import type { Clock } from '#base/clock.ts';
import { defineError } from '#base/errors.ts';
import { findStep, listSteps, type StepFlow, type StepWork } from './agent-steps.ts';
import { strikes } from './faults.ts';
import { type ImageOrder, InvalidCommandParams, writeImage } from './image-write.ts';
import { inventoryOf } from './inventory.ts';
import { systemLogs } from './system-logs.ts';

type Params = Readonly<Record<string, unknown>>;

export interface AgentWork extends StepWork {
  readonly clock: Clock;
  readonly bmcAddress: string;
  /** What the agent says of its hardware manager; another one than an order names is a mismatch. */
  readonly managerVersion: Readonly<Record<string, string>>;
  /** What the guest does to its own machine. */
  powerOff(): void;
  reboot(): void;
  /** The agent's API ends; the machine goes on as a rescue system, or silent. */
  leave(rescue: { password: string; hashed: boolean } | null): void;
  /** The agent vanishes without a word. */
  die(): void;
}

export interface AgentCommand {
  readonly kind: 'sync' | 'async';
  run(work: AgentWork, params: Params): Promise<unknown>;
}

/** Thrown where the agent's steps are not those that the order was made for; becomes CLEAN_VERSION_MISMATCH. */
export const VersionMismatch = defineError(
  'VersionMismatch',
  500,
  (p: { agent: string; order: string }) => `The agent's hardware manager is ${p.agent}, the order is for ${p.order}`,
);
/** What a failed step is called, by its flow. */
const stepErrors = {
  clean: stepError('CleaningError'),
  deploy: stepError('DeploymentError'),
  service: stepError('ServicingError'),
};
function stepError(kind: string) {
  return defineError(kind, 500, (p: { step: string; why: string }) => `Step ${p.step} failed: ${p.why}`);
}

const sync = (run: AgentCommand['run']): AgentCommand => ({ kind: 'sync', run });
const async_ = (run: AgentCommand['run']): AgentCommand => ({ kind: 'async', run });

const getSteps = (flow: StepFlow): AgentCommand =>
  sync(async (work) => ({
    [`${flow}_steps`]: { GenericHardwareManager: listSteps(flow) },
    hardware_manager_version: work.managerVersion,
  }));

const executeStep = (flow: StepFlow): AgentCommand =>
  async_(async (work, params) => {
    const order = (params.step ?? {}) as { step?: unknown; interface?: unknown; args?: unknown };
    const name = String(order.step ?? '');
    checkVersion(work, params[`${flow}_version`]);
    const step = findStep(flow, name, order.interface);
    if (!step) throw new stepErrors[flow]({ step: name, why: `no hardware manager has this ${flow} step` });
    await strike(work, flow, name);
    const result = await step.run(work, { ...params, ...(order.args as Params | null) });
    return { [`${flow}_result`]: result, [`${flow}_step`]: order };
  });

function checkVersion(work: AgentWork, wanted: unknown): void {
  if (!wanted || typeof wanted !== 'object') return;
  const [agent, order] = [JSON.stringify(work.managerVersion), JSON.stringify(wanted)];
  if (agent !== order) throw new VersionMismatch({ agent, order });
}

async function strike(work: AgentWork, flow: StepFlow, step: string): Promise<void> {
  const { faults } = work.hardware;
  if (strikes(faults, 'agent-dies-in', step)) {
    await work.pass(0.5);
    work.die();
    work.signal.throwIfAborted();
  }
  if (strikes(faults, 'agent-step-fails', step)) {
    await work.pass(0.5);
    throw new stepErrors[flow]({ step, why: 'the machine was told to fail it (fault agent-step-fails)' });
  }
}

const partitionUuids = sync(async () => ({
  'root uuid': '6f1b6f4e-5d0c-4b8e-9d6d-0d1c3a4f7b21',
  'efi system partition uuid': 'C0DE-51AB',
  'PReP Boot partition uuid': null,
}));

export const agentCommands: Readonly<Record<string, AgentCommand>> = {
  'clean.get_clean_steps': getSteps('clean'),
  'clean.execute_clean_step': executeStep('clean'),
  'deploy.get_deploy_steps': getSteps('deploy'),
  'deploy.execute_deploy_step': executeStep('deploy'),
  'service.get_service_steps': getSteps('service'),
  'service.execute_service_step': executeStep('service'),
  'standby.prepare_image': async_(async (work, params) => {
    await strike(work, 'deploy', 'prepare_image');
    return { result: `prepare_image: ${await writeImage(work, work.hardware, params as ImageOrder)}` };
  }),
  'standby.get_partition_uuids': partitionUuids,
  'standby.sync': sync(async () => null),
  'standby.run_image': async_(async (work) => {
    work.reboot();
    return { result: 'run_image: the machine starts again' };
  }),
  'standby.power_off': async_(async (work) => {
    work.powerOff();
    return { result: 'power_off: the machine goes off' };
  }),
  'image.install_bootloader': async_(async (work, params) => {
    await strike(work, 'deploy', 'install_bootloader');
    work.hardware.console.line(`install_bootloader: ${String(params.target_boot_mode ?? 'bios')}`);
    await work.pass(1);
    return { result: 'install_bootloader: done' };
  }),
  'rescue.finalize_rescue': sync(async (work, params) => {
    const password = params.rescue_password;
    if (typeof password !== 'string' || !password) throw new InvalidCommandParams({ why: 'no rescue_password' });
    work.leave({ password, hashed: params.hashed === true });
    return null;
  }),
  'log.collect_system_logs': sync(async (work) => ({
    system_logs: systemLogs('journal', work.hardware.console.text, work.clock.now()),
  })),
  'system.lockdown': sync(async (work) => {
    work.leave(null);
    return null;
  }),
  'poll.get_hardware_info': sync(async (work) => inventoryOf(work.hardware, work.bmcAddress)),
  'poll.set_node_info': sync(async () => null),
};
