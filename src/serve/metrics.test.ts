import { expect, test, vi } from 'vitest';
import type { Route } from '#api/route.ts';
import { systemClock } from '#base/clock.ts';
import { silent } from '#base/log.ts';
import { newPowerWatch } from '#conductor/power-sync/watch.ts';
import { openDb } from '#db/db.ts';
import { makeMetrics } from './metrics.ts';

const route: Route = { method: 'GET', path: '/v1/nodes/{node}', since: 1, handle: () => ({}) };

test('the page tells of requests, of the loop, of power sync and of nova', async () => {
  const db = await openDb({ url: 'sqlite::memory:', log: silent, clock: systemClock });
  const power = newPowerWatch().counts;
  const metrics = makeMetrics({ db, clock: systemClock, power });
  metrics.watchNova({ sent: 3, told: 1, refused: 0, failed: 2, away: true });
  metrics.watchOutlets(() => [{ name: 'nova', cursor: 0, failures: 4, lastError: 'no', lastErrorAt: 1 }]);
  metrics.served(route, 200, 3);
  Object.assign(power, { lateMs: 1500, endedAt: 1_700_000_000_000, roundMs: 108_000 });
  const { text } = await metrics.page();
  for (const line of [
    'ingot_api_requests_total{method="GET",route="/v1/nodes/{node}",status="2xx"} 1',
    'ingot_api_request_seconds_bucket{method="GET",route="/v1/nodes/{node}",le="0.002"} 0',
    'ingot_api_request_seconds_bucket{method="GET",route="/v1/nodes/{node}",le="0.005"} 1',
    'ingot_api_request_seconds_count{method="GET",route="/v1/nodes/{node}"} 1',
    '# TYPE ingot_api_request_seconds histogram',
    'ingot_event_loop_delay_seconds{quantile="0.99"} 0',
    'ingot_power_sync_late_seconds 1.5',
    'ingot_power_sync_round_seconds 108',
    'ingot_power_sync_round_ended_timestamp_seconds 1700000000',
    'ingot_nova_answers 0',
    'ingot_nova_callbacks_waiting 0',
    'ingot_outlet_failures_total{outlet="nova"} 4',
    'ingot_outlet_lag{outlet="nova"} 0',
  ])
    expect(text.split('\n')).toContain(line);
  // A turn of the loop that takes long is seen at the next reading.
  await vi.waitFor(async () => {
    const end = performance.now() + 60;
    while (performance.now() < end);
    await systemClock.sleep(30);
    const longest = /^ingot_event_loop_delay_seconds\{quantile="1"\} (.*)$/m.exec((await metrics.page()).text)?.[1];
    expect(Number(longest)).toBeGreaterThan(0.02);
  });
  await db.close();
});
