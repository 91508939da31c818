import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { completionCommand, wordsOf } from './completion.ts';
import { nodeCommand } from './node-command.ts';
import { portCommand } from './resource-commands.ts';
import { runCommand } from './testing/run-command.ts';

async function script(shell: string): Promise<string> {
  const ran = await runCommand(
    (given) =>
      completionCommand(given, async () =>
        new Command('ingot').addCommand(nodeCommand(given)).addCommand(portCommand(given)),
      ),
    ['completion', shell],
  );
  expect(ran.code).toBe(0);
  return ran.out;
}

/** What bash would offer for `line`, where `nodes` are the names that the service knows. */
async function offered(line: string): Promise<string[]> {
  const words = line.split(' ');
  const program = `${await script('bash')}
ingot() { [[ "$1" == __nodes ]] && printf 'sim-1\\nsim-2\\n'; }
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_ingot
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const ran = spawnSync('bash', ['-c', program], { encoding: 'utf8' });
  expect(ran.stderr).toBe('');
  return ran.stdout.split('\n').filter(Boolean);
}

test('bash takes the script, and complete knows it', async () => {
  const ran = spawnSync('bash', ['-c', `${await script('bash')}\ncomplete -p ingot`], { encoding: 'utf8' });
  expect(ran.stdout).toMatch(/complete .*-F _ingot ingot/);
  expect(spawnSync('bash', ['-n'], { input: await script('zsh') }).status).toBe(0);
});

for (const [line, words] of [
  ['ingot n', ['node']],
  ['ingot node dep', ['deploy']],
  ['ingot node deploy s', ['sim-1', 'sim-2']],
  ['ingot node deploy sim-1 --check', ['--checksum']],
  ['ingot node maintenance sim-1 of', ['off']],
  ['ingot port cr', ['create']],
] as const) {
  test(`"${line}" is completed to ${words.join(' or ')}`, async () => {
    expect(await offered(line)).toEqual(words);
  });
}

test('fish has a line for every command', async () => {
  const text = await script('fish');
  for (const { path } of wordsOf(nodeCommand({} as never), 'node'))
    if (path !== 'node') expect(text).toContain(`-a ${path.split(' ').at(-1)} -d`);
});
