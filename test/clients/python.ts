// OpenStack's clients of PyPI.
import { join } from 'node:path';
import { ensurePython } from '../setup/python.ts';

/** The folder `bin` of the environment that holds them; the first call takes about a minute. */
export const ensurePythonClients = (): Promise<string> =>
  ensurePython('python', join(import.meta.dirname, 'requirements.txt'));
