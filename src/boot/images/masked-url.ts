const secretKeys = /^(.*(sig|signature|token|password|passwd|secret|credential|key).*|auth)$/i;

/** A URL fit for logs and errors: user, password and signing parameters become `***`. */
export function maskedUrl(url: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return url.replace(/\/\/[^/@]*@/, '//***@');
  }
  if (parsed.username || parsed.password) {
    parsed.username = '***';
    parsed.password = '';
  }
  for (const key of [...parsed.searchParams.keys()]) if (secretKeys.test(key)) parsed.searchParams.set(key, '***');
  return parsed.href;
}
