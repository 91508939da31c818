import { expect, test } from 'vitest';
import { type CorsSettings, corsHeaders } from './cors.ts';

const settings: CorsSettings = {
  allowedOrigins: ['https://ui.example'],
  allowCredentials: true,
  exposeHeaders: ['X-More'],
  maxAgeSeconds: 60,
  allowMethods: ['GET', 'PATCH'],
  allowHeaders: ['X-Own'],
};
const preflight = (method: string, headers = '') => ({
  method: 'OPTIONS',
  headers: {
    origin: 'https://ui.example',
    'access-control-request-method': method,
    'access-control-request-headers': headers,
  },
});

test('a page of an allowed origin may read the reply, with credentials', () => {
  const told = corsHeaders(settings, { method: 'GET', headers: { origin: 'https://ui.example' } });
  expect(told).toMatchObject({
    'Access-Control-Allow-Origin': 'https://ui.example',
    'Access-Control-Allow-Credentials': 'true',
    Vary: 'Origin',
  });
  expect(told['Access-Control-Expose-Headers']).toContain('X-More');
});

test('a star allows every origin, without credentials', () => {
  const told = corsHeaders({ ...settings, allowedOrigins: ['*'] }, { method: 'GET', headers: { origin: 'https://x' } });
  expect(told['Access-Control-Allow-Origin']).toBe('*');
  expect(told).not.toHaveProperty('Access-Control-Allow-Credentials');
});

test.each([
  ['another origin', { method: 'GET', headers: { origin: 'https://other' } }],
  ['no origin', { method: 'GET', headers: {} }],
  ['a method that is not allowed', preflight('DELETE')],
  ['a header that is not allowed', preflight('GET', 'X-Auth-Token, X-Evil')],
])('%s is told nothing', (_, asked) => expect(corsHeaders(settings, asked)).toEqual({}));

test('what a browser asks before is answered with what it may', () => {
  expect(corsHeaders(settings, preflight('PATCH', 'X-Auth-Token, x-own, Content-Type'))).toMatchObject({
    'Access-Control-Allow-Methods': 'PATCH',
    'Access-Control-Allow-Headers': 'x-auth-token,x-own,content-type',
    'Access-Control-Max-Age': '60',
  });
});

test('an origin that another section names has what that section says', () => {
  const more = [{ ...settings, allowedOrigins: ['https://other'], maxAgeSeconds: 5, allowMethods: ['DELETE'] }];
  const ask = (origin: string, method: string) =>
    corsHeaders({ ...settings, more }, { ...preflight(method), headers: { ...preflight(method).headers, origin } });
  expect(ask('https://other', 'DELETE')).toMatchObject({ 'Access-Control-Max-Age': '5' });
  expect(ask('https://other', 'PATCH')).toEqual({});
  expect(ask('https://ui.example', 'PATCH')).toMatchObject({ 'Access-Control-Max-Age': '60' });
  expect(ask('https://third', 'PATCH')).toEqual({});
});
