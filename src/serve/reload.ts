// SIGHUP: the configuration is read again. One that cannot be used changes nothing.
import { explain } from '#base/errors.ts';
import type { Log } from '#base/log.ts';
import type { ConfigInput } from '#config/layers.ts';
import type { LoadedConfig } from '#config/load.ts';
import { reloadConfig } from '#config/reload.ts';
import { ownDefaults } from './own-defaults.ts';

/** Take over what may change while Ingot runs; the log says what did, and what waits for the next start. */
export function reload(loaded: LoadedConfig, input: ConfigInput, log: Log): void {
  try {
    const { changed, waiting, warnings } = reloadConfig(loaded, input, undefined, ownDefaults);
    for (const warning of warnings) log.warn({}, warning);
    log.info({ changed }, `The configuration was read again; ${changed.length} options changed.`);
    if (waiting.length > 0) log.warn({ waiting }, `These options change with the next start: ${waiting.join(', ')}.`);
  } catch (error) {
    log.error({}, `The configuration was read again and cannot be used, so nothing changed. ${explain(error)}`);
  }
}
