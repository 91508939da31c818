import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startWhole } from '../../test/compat/whole-service.ts';
import { fuzz } from '../../test/setup/fuzz.ts';

// The whole of 200,000 is `npm run bench -- fuzz`; here as many as a test may take, or as INGOT_FUZZ says.
const count = Number(process.env.INGOT_FUZZ ?? 2000);
let service: Service;

beforeAll(async () => {
  service = await startWhole(['database.connection=sqlite://']);
});
afterAll(() => service.stop());

test(`${count} malformed requests are answered, none of them with a 5xx`, async () => {
  const port = Number(new URL(service.base).port);
  const { statuses, failures } = await fuzz({ port, count, seed: 20_261_123, clients: 16 });
  expect(failures.slice(0, 5)).toEqual([]);
  expect([...statuses.values()].reduce((sum, n) => sum + n, 0)).toBe(count);
  expect(statuses.get(400)).toBeGreaterThan(0);
});
