// Which happenings leave a line in a node's history, and what the line says.
import type { Happening } from '#events/catalog.ts';

export interface HistoryEntry {
  readonly severity: 'INFO' | 'ERROR';
  readonly event_type: string;
  readonly event: string;
  readonly user: string | null;
}

/** The line that a happening leaves, or undefined. */
export function historyOf(happening: Happening): HistoryEntry | undefined {
  const user = happening.by?.user ?? null;
  switch (happening.kind) {
    case 'flow.started':
      return { severity: 'INFO', event_type: `${happening.flow}_start`, event: `Began ${happening.flow}.`, user };
    case 'flow.ended':
      return happening.ok
        ? { severity: 'INFO', event_type: `${happening.flow}_end`, event: `Finished ${happening.flow}.`, user }
        : { severity: 'ERROR', event_type: `${happening.flow}_end`, event: happening.error ?? 'failed', user };
    case 'state.changed':
      return happening.error === undefined
        ? undefined
        : { severity: 'ERROR', event_type: eventTypeOf(happening.from), event: happening.error, user };
    case 'power.failed':
      return { severity: 'ERROR', event_type: 'power', event: happening.error, user };
    case 'power.corrected':
      return {
        severity: 'INFO',
        event_type: 'monitoring',
        event: correction(happening.from, happening.to),
        user,
      };
    case 'maintenance.changed':
      return happening.on && happening.fault
        ? { severity: 'ERROR', event_type: 'monitoring', event: happening.reason ?? happening.fault, user }
        : undefined;
    case 'node.noted':
      return { severity: happening.severity, event_type: happening.event_type, event: happening.event, user };
    default:
      return undefined;
  }
}

function correction(from: string | null, to: string | null): string {
  if (to === null) return `The machine's power state is no longer known; the record said "${from}".`;
  if (from === null) return `The machine was found in "${to}"; nothing was known of it before.`;
  return `The machine was found in "${to}" while the record said "${from}"; the record was mended.`;
}

const ownEventType: ReadonlySet<string> = new Set(['verifying', 'cleaning', 'deploying', 'servicing']);
const eventTypeOf = (state: string): string => (ownEventType.has(state) ? state : 'provisioning');
