// What a route declares, and what its handler is given. Everything common to all requests was done at the door.
import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { Authority, Caller, PolicyRule, PolicyTarget } from '#contract/policies.ts';
import type { Db } from '#db/database.ts';
import type { NodeRow } from '#db/schema.ts';
import type { By } from '#events/catalog.ts';
import type { Gate } from './auth/gate.ts';
import type { KeptPages, Page } from './kept-pages.ts';
import type { KeptStamps } from './kept-stamps.ts';
import type { KeptTexts } from './kept-texts.ts';
import type { Orders } from './orders.ts';
import type { ApiSettings, BodySize } from './settings.ts';
import type { Sharing } from './sharing.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';

/** How an argument of a query or an argument body is read. `any` is left as it is. */
type ArgumentType = 'string' | 'flag' | 'integer' | 'count' | 'list' | 'uuid' | 'mac' | 'ident' | 'any';

export interface Argument {
  readonly type: ArgumentType;
  readonly required?: true;
  /** Named below that version: 406. */
  readonly since?: number;
  /** null is an answer of its own; otherwise it reads as absent. */
  readonly null?: true;
}

export type Arguments = Readonly<Record<string, Argument>>;

/**
 * What a client meets below the version of a route: no such path, the same said by the resource, a method that is not
 * allowed, or the handler, which decides itself.
 */
type Before = 'no path' | 'not served' | 'no method' | 'method not served' | 'handler';

export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  /** Ready JSON text, instead of `body`. */
  readonly json?: string;
  /** The same where every character is ASCII. */
  readonly ascii?: string;
  /** Ready JSON in parts: for large answers. */
  readonly page?: Page;
  /** Below the service's own address. */
  readonly location?: string;
  readonly type?: string;
  /** WWW-Authenticate */
  readonly challenge?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How an outlet stands in this process. */
export interface OutletView {
  readonly name: string;
  readonly failures: number;
  readonly lastError: string | null;
  /** Milliseconds since the epoch. */
  readonly lastErrorAt: number | null;
}

/** What a running service tells of itself. */
export interface Watch {
  outlets(): readonly OutletView[];
  /** For Prometheus; undefined where [ingot]metrics is off. */
  metrics?(): Promise<{ type: string; text: string }>;
  /** Told of each request that was answered. */
  served?(route: { readonly method: string; readonly path: string } | undefined, status: number, ms: number): void;
}

/** Whether somebody still waits for an answer, and to which route the request came. */
export interface Presence {
  /** Set at the door; undefined where there is none for the path. */
  route?: { readonly method: string; readonly path: string };
  /** Throws ClientGone when the client has gone. */
  check(): void;
  /** Aborted with ClientGone when the client goes; made when it is first asked for. */
  readonly signal: AbortSignal;
}

export interface House {
  readonly db: Db;
  readonly orders: Orders;
  readonly authority: Authority;
  /** Says who asks; without it nobody is asked (auth_strategy noauth). */
  readonly gate?: Gate;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: ApiSettings;
  readonly watch?: Watch;
  /** Makes the UUID of a new thing that was given none. */
  readonly newId: () => string;
  /** Texts of nodes that are kept from answer to answer. */
  readonly texts: KeptTexts;
  /** Pages of nodes that are kept while nothing changes, and those that are being made. */
  readonly pages: { readonly kept: KeptPages; readonly sharing: Sharing<Page> };
  /** Stamps of nodes that are kept while nothing changes. */
  readonly stamps: KeptStamps;
}

/** One request, as a handler sees it. */
export interface Ask extends House {
  readonly minor: number;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** The name in the path stood with a `.json` that may have been part of it (below 1.91). */
  readonly suffixed: boolean;
  /** What the query (and an argument body) named, read as the route declares. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly caller: Caller;
  /** The route's policy. */
  readonly rule: PolicyRule | undefined;
  readonly by: By;
  /** The service's address as the client knows it, without a slash at the end. */
  readonly base: string;
  /** Whether the client still waits. */
  readonly presence: Presence;
  /** The node that the path names; only on routes with `{node}` in their path. */
  readonly node: NodeRow;
  /** Throws 403 unless the caller may. */
  demand(rule: PolicyRule, target?: PolicyTarget): void;
  may(rule: PolicyRule, target?: PolicyTarget): boolean;
}

export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly since: number;
  readonly before?: Before;
  /** Checked at the door, with the node of the path as its target where there is one; undefined: everybody may. */
  readonly policy?: PolicyRule;
  /** The handler asks for the policy, with the thing that the path or the body names as its target. */
  readonly judges?: 'thing';
  readonly query?: Arguments;
  /** `json`: the handler gets it as it is; `arguments`: its keys are read together with those of the query. */
  readonly body?: 'json' | 'arguments' | 'none';
  /** The body is a JSON patch: its form is checked before anything is looked up. */
  readonly patch?: true | 'loose';
  /** 400: that no conductor serves what the body asks for is the body's fault (otherwise 404). */
  readonly noHost?: 400;
  /** How large its body may be. */
  readonly size?: BodySize;
  /** false: the handler looks the node up itself. */
  readonly findNode?: false;
  handle(ask: Ask): Promise<Reply> | Reply;
}

export const route = (declared: Route): Route => declared;
