import { expect, test } from 'vitest';
import { newSalt, shaCrypt } from './sha-crypt.ts';

// Made with `openssl passwd -5` and `-6`.
test.each([
  ['sha256', 'Hello world!', 'saltstring', '$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5'],
  [
    'sha512',
    'Hello world!',
    'saltstring',
    '$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1',
  ],
  ['sha256', 'a', 'abcdefghijklmnop', '$5$abcdefghijklmnop$DPoS.d1vEHDatG9aGvI6mut5WS6yqh2q9mihBYl8JQ/'],
  [
    'sha512',
    'pässwörd pässwörd pässwörd pässwörd pässwörd pässwörd pässwörd pässwörd pässwörd ',
    'abcdefghijklmnop',
    '$6$abcdefghijklmnop$Lg.B735L9eIkx.J0Ctcqa6e9cqEWtVSpMm1QJFVnds1amH1ke.AxzyehpHZS.tG6RRSdbMPUCJrk71Apad78G.',
  ],
  [
    'sha256',
    'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
    'short',
    '$5$short$wFMYcssYchpslYTfpMvNcIotjekPvwW4UI8mA./4au4',
  ],
] as const)('%s of %j', (scheme, password, salt, hash) => {
  expect(shaCrypt(scheme, password, salt)).toBe(hash);
});

test('salts differ', () => {
  expect(newSalt()).not.toBe(newSalt());
  expect(newSalt()).toMatch(/^[./0-9A-Za-z]{16}$/);
});
