// The door: what is the same for every request, in the order in which clients see it fail.
import { ChangedMeanwhile, InvalidContent, InvalidParameterValue, NoValidHost } from '#contract/errors.ts';
import { readPatch } from '#contract/json-patch.ts';
import { type Caller, demand } from '#contract/policies.ts';
import type { NodeRow } from '#db/schema.ts';
import { argumentsOf, queryOf, readArguments, together } from './arguments.ts';
import { parseBody } from './body.ts';
import { nodeOfPath } from './idents.ts';
import { isServedBelow, usualPath } from './paths.ts';
import type { Ask, House, Presence, Reply, Route } from './route.ts';
import type { Router } from './router.ts';
import type { BodySize } from './settings.ts';
import { refuseBelowVersion } from './since.ts';

/** A request as it came in, its version read already. */
export interface Knock {
  readonly method: string;
  readonly url: string;
  readonly minor: number;
  readonly caller: Caller;
  /** Whose rights are asked for, where that is the same for all callers: what is known of them is worked out once. */
  readonly judged?: Caller | undefined;
  readonly base: string;
  readonly contentType: string | undefined;
  readonly presence: Presence;
  /** Reads the body; throws BodyTooLarge (413). */
  body(size: BodySize): Promise<Uint8Array | undefined>;
}

/** Route, version, body, arguments, node, policy, handler. Whatever refuses throws. */
export async function answer(house: House, router: Router, knock: Knock): Promise<Reply> {
  const { method, minor, caller } = knock;
  const at = knock.url.indexOf('?');
  const { path, suffixed } = usualPath(at < 0 ? knock.url : knock.url.slice(0, at), minor);
  // compat: what a resource may be asked is not told without asking, but that is no failure
  if (method === 'OPTIONS' && isServedBelow(path)) return { status: 200 };
  const { route, params, fields } = router.find(method, path, minor);
  knock.presence.route = route;
  refuseBelowVersion(route, minor);
  const body = await readBody(house, knock, route.size ?? 'usual');
  const given = queryOf(at < 0 ? '' : knock.url.slice(at + 1));
  if (fields !== undefined) given.fields = fields;
  if (route.patch) readPatch(body ?? {}, route.patch === 'loose' ? 'loose' : 'strict');
  const named =
    route.body === 'arguments' || (method === 'DELETE' && !route.body) ? together(given, argumentsOf(body)) : given;
  const args = readArguments(route.query ?? {}, named, minor);
  const { requestId, user, project } = caller;
  const by = { requestId, ...(user && { user }), ...(project && { project }) };
  const judged = knock.judged ?? caller;
  const ask: Ask = {
    ...house,
    minor,
    method,
    path,
    params,
    suffixed,
    args,
    body,
    by,
    caller,
    rule: route.policy,
    base: knock.base,
    presence: knock.presence,
    node: noNode,
    demand: (rule, target) => demand(house.authority, rule, judged, target),
    may: (rule, target) => house.authority.allows(rule, judged, target),
  };
  if (!route.patch) return handled(ask, route);
  for (let tries = 1; ; tries++) {
    try {
      return await handled(ask, route);
    } catch (error) {
      // Two patched at once: what the second means is worked out anew on what the first has left.
      if (!ChangedMeanwhile.is(error) || tries === patchTries) throw error;
    }
  }
}

const patchTries = 10;

async function handled(ask: Ask, route: Route): Promise<Reply> {
  const node = await nodeOfPath(ask, route);
  ask.presence.check();
  try {
    return await route.handle(node ? withNode(ask, node) : ask);
  } catch (error) {
    if (route.noHost && NoValidHost.is(error))
      throw new InvalidParameterValue({ why: error.message }, { cause: error });
    throw error;
  }
}

/** Of requests whose path names no node: their handlers do not look at it. */
const noNode = undefined as unknown as NodeRow;

function withNode(ask: Ask, node: NodeRow): Ask {
  (ask as { node: NodeRow }).node = node;
  return ask;
}

async function readBody(house: House, knock: Knock, size: BodySize): Promise<unknown> {
  const bytes = await knock.body(size);
  if (!bytes?.length) return undefined;
  if (knock.contentType === undefined)
    throw new InvalidContent({ why: 'The body came without a Content-Type; application/json is accepted.' });
  return parseBody(bytes, house.settings.maxJsonDepth);
}
