import { execFile } from 'node:child_process';

/** Run a program without a shell; resolves with its standard output, rejects with what it said. */
export function tool(
  argv: readonly string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<string> {
  const [file = '', ...args] = argv;
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, LC_ALL: 'C', ...options.env };
  return new Promise((resolve, reject) =>
    execFile(file, args, { cwd: options.cwd, env, maxBuffer: 16 << 20 }, (error, out, said) => {
      if (error) reject(new Error(`${argv.join(' ')}: ${said.trim() || error.message}`));
      else resolve(out);
    }),
  );
}
