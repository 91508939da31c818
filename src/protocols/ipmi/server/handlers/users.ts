// User commands (IPMI 2.0 §22.26 to §22.30).
import { privileges } from '../../commands/command.ts';
import { completion } from '../../wire/completion-codes.ts';
import type { BmcUser } from '../bmc-spec.ts';
import type { Answer, Handlers, Scene } from '../handler.ts';

const { operator, administrator } = privileges;
const maxUsers = 15;
const noAccess = 0x0f;

/** The user with this id; `make` puts one there. */
function userOf(id: number, users: BmcUser[], make: boolean): BmcUser | undefined {
  const found = users.find((user) => user.id === id);
  if (found || !make) return found;
  const made: BmcUser = { id, name: '', password: new Uint8Array(0), privilege: noAccess, enabled: false };
  users.push(made);
  return made;
}

const idIn = (byte: number | undefined): number | undefined => {
  const id = (byte ?? 0) & 0x3f;
  return id >= 1 && id <= maxUsers ? id : undefined;
};

function getAccess(data: Buffer, { spec }: Scene): Answer {
  const id = idIn(data[1]);
  if (id === undefined) return completion.invalidField;
  const user = userOf(id, spec.users, false);
  const enabled = spec.users.filter((each) => each.enabled).length;
  // Link authentication and IPMI messaging allowed, for users that are enabled.
  const access = user?.enabled ? 0x30 | user.privilege : (user?.privilege ?? noAccess);
  return [maxUsers, enabled | (user?.enabled ? 0x40 : 0x80), 0, access];
}

function setAccess(data: Buffer, { spec }: Scene): Answer {
  const id = idIn(data[1]);
  if (id === undefined || data.length < 3) return completion.invalidField;
  userOf(id, spec.users, true)!.privilege = data[2]! & 0x0f;
  return [];
}

function getName(data: Buffer, { spec }: Scene): Answer {
  const id = idIn(data[0]);
  if (id === undefined) return completion.invalidField;
  const name = Buffer.alloc(16);
  name.write(userOf(id, spec.users, false)?.name ?? '', 'latin1');
  return name;
}

function setName(data: Buffer, { spec }: Scene): Answer {
  const id = idIn(data[0]);
  if (id === undefined) return completion.invalidField;
  userOf(id, spec.users, true)!.name = data.subarray(1, 17).toString('latin1').replace(/\0.*$/s, '');
  return [];
}

/** 0 disable, 1 enable, 2 set, 3 test. */
function password(data: Buffer, { spec }: Scene): Answer {
  const id = idIn(data[0]);
  if (id === undefined || data.length < 2) return completion.invalidField;
  const user = userOf(id, spec.users, true)!;
  const size = data[0]! & 0x80 ? 20 : 16;
  const given = Buffer.alloc(size);
  given.set(data.subarray(2, 2 + size));
  const operation = data[1]! & 3;
  if (operation < 2) user.enabled = operation === 1;
  else if (operation === 2) user.password = given;
  else {
    const known = Buffer.alloc(size);
    known.set(user.password.subarray(0, size));
    if (!known.equals(given)) return 0x80;
  }
  return [];
}

export const userHandlers: Handlers = [
  [0x0643, { needs: administrator, run: setAccess }],
  [0x0644, { needs: operator, run: getAccess }],
  [0x0645, { needs: administrator, run: setName }],
  [0x0646, { needs: operator, run: getName }],
  [0x0647, { needs: administrator, run: password }],
];
