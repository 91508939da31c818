import { dict, integer, list } from '../option.ts';

export const mdns = {
  registration_attempts: integer(5, 'How often to try to register.', { min: 1 }),
  lookup_attempts: integer(3, 'How often to try to look up.', { min: 1 }),
  params: dict({}, 'Extra TXT parameters.'),
  interfaces: list(null, 'Addresses to use.'),
};
