import { expect, test } from 'vitest';
import { refusedTarget } from './call-target.ts';

test.each([
  ['hook', '10.0.0.1', [], undefined],
  ['hook', '2001:db8::1', [], undefined],
  ['localhost', '127.0.0.1', [], /of this machine/],
  ['x', '127.9.9.9', [], /of this machine/],
  ['x', '0.0.0.0', [], /of this machine/],
  ['metadata', '169.254.169.254', [], /of this machine/],
  ['x', '::1', [], /of this machine/],
  ['x', '::ffff:127.0.0.1', [], /of this machine/],
  ['x', '::FFFF:169.254.169.254', [], /of this machine/],
  ['x', 'fe80::1', [], /of this machine/],
  ['x', '255.255.255.255', [], /of this machine/],
  ['x', 'nonsense', [], /no address/],
  ['hook', '10.0.0.1', ['hook'], undefined],
  ['HOOK', '10.0.0.1', ['hook'], undefined],
  ['other', '10.0.0.1', ['hook'], /not among/],
  ['other', '10.0.0.1', ['10.0.0.0/8'], undefined],
  ['other', '10.0.0.1', ['10.0.0.1'], undefined],
  ['other', '11.0.0.1', ['10.0.0.0/8', 'hook'], /not among/],
  ['localhost', '127.0.0.1', ['127.0.0.1'], undefined],
  ['other', '10.0.0.1', ['10.0.0.0/99'], /not among/],
] as const)('%s at %s with %j', (host, address, allowed, why) => {
  const refused = refusedTarget(host, address, allowed);
  if (why) expect(refused).toMatch(why);
  else expect(refused).toBeUndefined();
});
