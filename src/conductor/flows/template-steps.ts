// Deploy templates: steps that come with the traits of an instance. (reference: conductor.md D35, D39)
import { InvalidParameterValue } from '#contract/errors.ts';
import { deployTemplatesNamed } from '#db/deploy-templates.ts';
import { traitsOf } from '#db/node-traits.ts';
import type { AskedStep } from '#model/steps.ts';
import type { HeldTask } from '../task.ts';

/**
 * What was asked for, with the steps of the templates named like the instance's traits behind it: where both name a step,
 * it is the one asked for. Throws InvalidParameterValue for traits that the node has not.
 */
export async function withTemplates(task: HeldTask, asked: readonly AskedStep[]): Promise<AskedStep[]> {
  const traits = task.node.instance_info.traits;
  if (traits === undefined || traits === null) return [...asked];
  const wrong = (why: string) =>
    new InvalidParameterValue({ why: `instance_info/traits of node ${task.node.uuid} ${why}.` });
  if (!Array.isArray(traits) || traits.some((trait) => typeof trait !== 'string')) throw wrong('is no list of names');
  if (!traits.length) return [...asked];
  const { read } = task.conductor.db;
  const own = await traitsOf(read, task.node.uuid);
  const lacking = (traits as string[]).filter((trait) => !own.includes(trait));
  if (lacking.length) throw wrong(`names ${lacking.join(', ')}, which the node has not`);
  const templates = await deployTemplatesNamed(read, traits as string[]);
  const key = (step: { interface: string; step: string }) => `${step.interface}.${step.step}`;
  const named = new Set(asked.map(key));
  const more = templates.flatMap((template) => template.steps as unknown as AskedStep[]);
  return [...asked, ...more.filter((step) => !named.has(key(step)))];
}
