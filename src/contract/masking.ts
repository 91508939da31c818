// Secrets in free-form dictionaries are shown as asterisks: which keys hold one is told by their name.

export const mask = '******';

/** What stands where something is that a rule does not let the caller see. */
export const redacted = (rule: string): string => `** Redacted: ${rule} is needed to see it. **`;

/** Parts of key names (lower case) that mark a secret: those of oslo.utils' mask_dict_password. */
const marks = [
  'adminpass',
  'admin_pass',
  'password',
  'auth_token',
  'new_pass',
  'secret',
  'sys_pswd',
  'token',
  'configdrive',
  'encrypted_key',
  'private_key',
  'fernetkey',
  'sslkey',
  'passphrase',
];

const judged = new Map<string, boolean>();
const mostJudged = 5000; // the keys that are used are few, those that somebody could send are endless

function isSecretKey(key: string): boolean {
  const known = judged.get(key);
  if (known !== undefined) return known;
  const lower = key.toLowerCase();
  const secret = marks.some((mark) => lower.includes(mark));
  if (judged.size < mostJudged && key.length < 100) judged.set(key, secret);
  return secret;
}

/** A copy in which the values of secret keys, at any depth, are masked. The same object when nothing was secret. */
export function maskSecrets<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(maskSecrets);
    return items.some((item, at) => item !== value[at]) ? (items as T) : value;
  }
  let masked: Record<string, unknown> | undefined;
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    const shown = isSecretKey(key) && !isBranch(inner) ? mask : maskSecrets(inner);
    if (shown === inner) continue;
    masked ??= { ...(value as Record<string, unknown>) };
    masked[key] = shown;
  }
  return (masked as T | undefined) ?? value;
}

const isBranch = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);
