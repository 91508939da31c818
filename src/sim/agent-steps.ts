// The steps that the standard ramdisk offers, with what a simulated machine does for each.
import { erase } from './disk.ts';
import type { Hardware } from './hardware.ts';
import { type ImageOrder, type ImageWork, writeImage } from './image-write.ts';

export type StepFlow = 'clean' | 'deploy' | 'service';

export interface StepWork extends ImageWork {
  readonly hardware: Hardware;
  /** Wait as long as `part` of one usual step takes. */
  pass(part: number): Promise<void>;
}

interface SimStep {
  readonly interface: 'deploy' | 'raid';
  /** Priority by flow; a flow that is not named does not offer the step. */
  readonly in: Readonly<Partial<Record<StepFlow, number>>>;
  readonly abortable?: boolean;
  readonly argsinfo?: Readonly<Record<string, { description: string; required: boolean }>>;
  /** Returns the step's result. */
  run(work: StepWork, args: Readonly<Record<string, unknown>>): Promise<unknown>;
}

const takeTime =
  (parts: number): SimStep['run'] =>
  async (work) => {
    await work.pass(parts);
    return null;
  };

const eraseAll =
  (parts: number): SimStep['run'] =>
  async (work) => {
    for (const disk of work.hardware.disks) {
      work.hardware.console.line(`erasing ${disk.device}`);
      await work.pass(parts);
      erase(disk);
    }
    work.hardware.changed();
    return null;
  };

const burnIn: SimStep = { interface: 'deploy', in: { clean: 0, service: 0 }, abortable: true, run: takeTime(3) };

const agentSteps = {
  erase_devices: { interface: 'deploy', in: { clean: 10 }, abortable: true, run: eraseAll(2) },
  erase_devices_metadata: { interface: 'deploy', in: { clean: 99, deploy: 0 }, abortable: true, run: eraseAll(0.5) },
  erase_devices_express: { interface: 'deploy', in: { clean: 0 }, abortable: true, run: eraseAll(1) },
  erase_pstore: { interface: 'deploy', in: { clean: 0 }, abortable: true, run: takeTime(0.2) },
  clean_uefi_nvram: { interface: 'deploy', in: { clean: 0, deploy: 0 }, abortable: true, run: takeTime(0.2) },
  delete_configuration: { interface: 'raid', in: { clean: 0, service: 0 }, abortable: true, run: takeTime(1) },
  create_configuration: { interface: 'raid', in: { clean: 0, service: 0 }, abortable: true, run: takeTime(1) },
  apply_configuration: {
    interface: 'raid',
    in: { deploy: 0, service: 0 },
    argsinfo: {
      raid_config: { description: 'The RAID configuration to apply.', required: true },
      delete_existing: { description: 'Whether what is there is deleted first.', required: false },
    },
    run: takeTime(1),
  },
  burnin_cpu: burnIn,
  burnin_gpu: burnIn,
  burnin_disk: { ...burnIn, in: { clean: 0 } },
  burnin_memory: burnIn,
  burnin_network: burnIn,
  write_image: {
    interface: 'deploy',
    in: { deploy: 0, service: 0 },
    argsinfo: {
      image_info: { description: 'What to write, from where, with which checksum.', required: true },
      configdrive: { description: 'The config drive to write beside it.', required: false },
    },
    run: (work, args) => writeImage(work, work.hardware, args as unknown as ImageOrder),
  },
} as const satisfies Record<string, SimStep>;

/** The step `name`, when the flow offers it. */
export function findStep(flow: StepFlow, name: string, interfaceName: unknown): SimStep | undefined {
  const step: SimStep | undefined = Object.hasOwn(agentSteps, name)
    ? agentSteps[name as keyof typeof agentSteps]
    : undefined;
  return step && step.in[flow] !== undefined && step.interface === interfaceName ? step : undefined;
}

/** The steps of a flow as the agent lists them. */
export function listSteps(flow: StepFlow): object[] {
  return Object.entries(agentSteps as Record<string, SimStep>).flatMap(([name, step]) => {
    const priority = step.in[flow];
    if (priority === undefined) return [];
    return [
      {
        step: name,
        interface: step.interface,
        priority,
        reboot_requested: false,
        ...(flow === 'clean' && { abortable: step.abortable ?? false }),
        ...(step.argsinfo && { argsinfo: step.argsinfo }),
      },
    ];
  });
}
