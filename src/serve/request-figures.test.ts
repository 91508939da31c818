import { expect, test } from 'vitest';
import type { Route } from '#api/route.ts';
import { RequestFigures } from './request-figures.ts';

const node: Route = { method: 'GET', path: '/v1/nodes/{node}', since: 1, handle: () => ({}) };

test('requests are counted by route and class of status', () => {
  const figures = new RequestFigures();
  for (const status of [200, 204, 404, 503]) figures.served(node, status, 1);
  figures.served(undefined, 404, 1);
  const labels = { method: 'GET', route: '/v1/nodes/{node}' };
  expect(figures.requests()).toEqual([
    { value: 2, labels: { ...labels, status: '2xx' } },
    { value: 1, labels: { ...labels, status: '4xx' } },
    { value: 1, labels: { ...labels, status: '5xx' } },
    { value: 1, labels: { method: 'any', route: 'none', status: '4xx' } },
  ]);
});

test('each time falls into the first bucket that holds it, and the buckets add up', () => {
  const figures = new RequestFigures();
  for (const ms of [0, 1, 2, 3, 60_000, 90_000]) figures.served(node, 200, ms);
  const found = figures.durations('x');
  const bucket = (le: number | string) => found.find(({ labels }) => labels.le === le)?.value;
  expect([0.001, 0.002, 0.005, 30, 60, '+Inf'].map(bucket)).toEqual([2, 3, 4, 4, 5, 6]);
  expect(found.slice(-2).map(({ metricName, value }) => [metricName, value])).toEqual([
    ['x_sum', 150.006],
    ['x_count', 6],
  ]);
});
