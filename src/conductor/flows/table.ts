import { factsOf } from '#model/provision-states.ts';
import { adopt } from './adopt.ts';
import { clean } from './clean.ts';
import { tearDown } from './delete.ts';
import { deploy } from './deploy.ts';
import type { Flow } from './flow.ts';
import { inspect } from './inspect.ts';
import { rescue, unrescue } from './rescue.ts';
import { service } from './service.ts';
import { verify } from './verify.ts';

/** The flows by the names that the state table gives them. */
const flows = {
  verify,
  inspect,
  adopt,
  deploy,
  clean,
  delete: tearDown,
  rescue,
  unrescue,
  service,
} as const satisfies Record<string, Flow>;

/** The flow that a provision state belongs to, or undefined where nothing goes on. */
export function flowOf(state: string): Flow | undefined {
  const name = factsOf(state)?.flow;
  return name && flows[name];
}
