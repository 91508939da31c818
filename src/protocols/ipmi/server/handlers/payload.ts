// Activating serial over LAN (IPMI 2.0 §24).
import { privileges } from '../../commands/command.ts';
import { completion } from '../../wire/completion-codes.ts';
import { type Answer, type Handlers, type Scene, u16 } from '../handler.ts';
import { solChunk } from '../sol-end.ts';

const { user } = privileges;
const solType = 1;
const disabled = 0x81;
const alreadyActive = 0x80;
const alreadyInactive = 0x80;
const notEncrypted = 0x83;

/** The session that has the serial line. */
const holderOf = (scene: Scene) => scene.sessions().find((session) => session.sol && !session.sol.closed);

function activate(data: Buffer, scene: Scene): Answer {
  if (data.length < 6) return completion.lengthInvalid;
  if ((data[0]! & 0x3f) !== solType || !scene.chassis.console || !scene.session?.keys) return disabled;
  if (holderOf(scene)) return alreadyActive;
  const encrypted = (data[2]! & 0x80) !== 0;
  if (encrypted && scene.spec.solInTheClear) return notEncrypted;
  const { keys } = scene.session;
  scene.session.solKeys = keys && !encrypted ? { ...keys, aes: undefined } : keys;
  scene.openSol(scene.session);
  return [0, 0, 0, 0, ...u16(solChunk), ...u16(solChunk), ...u16(scene.port), 0xff, 0xff];
}

function deactivate(data: Buffer, scene: Scene): Answer {
  if ((data[0]! & 0x3f) !== solType) return disabled;
  const holder = holderOf(scene);
  if (!holder) return alreadyInactive;
  holder.sol?.close(holder !== scene.session);
  holder.sol = undefined;
  return [];
}

export const payloadHandlers: Handlers = [
  [0x0648, { needs: user, run: activate }],
  [0x0649, { needs: user, run: deactivate }],
  [0x064a, { needs: user, run: (_data, scene) => [1, holderOf(scene) ? 1 : 0, 0] }],
  [0x064c, { needs: user, run: () => [] }],
  [0x064d, { needs: user, run: () => [0x02, 0, 0, 0] }],
  // Standard payloads IPMI and SOL; session set-up payloads.
  [0x064e, { needs: user, run: () => [0x03, 0, 0x3f, 0, 0, 0, 0, 0] }],
  [0x064f, { needs: user, run: () => [0x10] }],
];
