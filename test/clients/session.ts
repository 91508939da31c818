// A program that answers each line of JSON with one line of JSON.
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Session {
  ask<Answer>(question: unknown): Promise<Answer>;
  end(): Promise<void>;
}

/** Questions are answered in the order they are asked; rejects with what the program last said when it ends early. */
export function openSession(command: string, args: readonly string[], env: Readonly<Record<string, string>>): Session {
  const child = spawn(command, [...args], { env: { ...process.env, ...env } }) as ChildProcessWithoutNullStreams;
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  let said = '';
  let gone = false;
  child.stderr.on('data', (chunk) => {
    said = (said + chunk).slice(-4_000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line));
  const ended = new Promise<void>((resolve) => {
    child.on('close', (code) => {
      gone = true;
      for (const { reject } of waiting.splice(0)) reject(new Error(`${command} ended with ${code}: ${said}`));
      resolve();
    });
  });
  child.stdin.on('error', () => {}); // a program that is gone is told by `close`
  return {
    async ask<Answer>(question: unknown) {
      if (gone) throw new Error(`${command} has ended: ${said}`);
      const answer = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
      child.stdin.write(`${JSON.stringify(question)}\n`);
      return JSON.parse(await answer) as Answer;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
