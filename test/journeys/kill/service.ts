// The service as a process of its own, for the test that kills it. Prints "ready" when it answers.
import { serve } from '../../../src/serve/serve.ts';

const running = await serve({ sets: JSON.parse(process.argv[2]!) as string[], env: {} });
process.stdout.write(`ready ${running.url}\n`);
