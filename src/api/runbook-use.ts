import { InvalidParameterValue, NotAcceptable } from '#contract/errors.ts';
import type { Verb } from '#contract/verbs.ts';
import { traitsOf } from '#db/node-traits.ts';
import { runbookBy } from '#db/runbooks.ts';
import type { Ask } from './route.ts';

const runbooksSince = 92;
const traitsSince = 112;

/** The arguments of a provision request with its runbook, where one is named, turned into the steps that it holds. */
export async function runbookArguments(ask: Ask, verb: Verb | undefined): Promise<Readonly<Record<string, unknown>>> {
  const { runbook: ident, ...args } = ask.args;
  if (ident === undefined || ident === '') return args;
  if (ask.minor < runbooksSince) throw new NotAcceptable({ what: 'The argument "runbook"', since: runbooksSince });
  const runbook = await runbookBy(ask.db.read, String(ident));
  if (verb?.takes.runbook === undefined)
    throw new InvalidParameterValue({
      why: `"runbook" goes with clean and service, not with "${String(args.target)}".`,
    });
  if (args.clean_steps !== undefined || args.service_steps !== undefined)
    throw new InvalidParameterValue({ why: 'A runbook and a list of steps cannot be given together.' });
  ask.demand('baremetal:runbook:use', { 'runbook.owner': runbook.owner });
  const traits = await traitsOf(ask.db.read, ask.node.uuid);
  // Older runbooks carry their trait as their name.
  const wanted = runbook.traits.length || ask.minor >= traitsSince ? runbook.traits : [runbook.name];
  const lacking = wanted.filter((trait) => !traits.includes(trait));
  if (lacking.length)
    throw new InvalidParameterValue({
      why: `Runbook ${runbook.name} is for nodes with the trait ${lacking.join(', ')}, which node ${ask.node.uuid} does not have.`,
    });
  const steps = verb.event === 'clean' ? 'clean_steps' : 'service_steps';
  return { ...args, [steps]: runbook.steps, disable_ramdisk: args.disable_ramdisk ?? runbook.disable_ramdisk };
}
