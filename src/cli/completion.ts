// Completion for shells: made from the commands themselves, so that it never lags behind them.
import { Argument, Command, type Option } from 'commander';
import { apiCommand, type Shell } from './api-command.ts';

export interface Word {
  /** The commands before it, separated by blanks; empty for the first word. */
  readonly path: string;
  readonly subcommands: readonly string[];
  readonly options: readonly string[];
  /** Words that an argument may be. */
  readonly choices: readonly string[];
  readonly takesNode: boolean;
  readonly about: string;
}

/** Every command of the tree with what may follow it. */
export function wordsOf(command: Command, path = ''): Word[] {
  const own: Word = {
    path,
    subcommands: command.commands.filter((sub) => sub.name() !== 'help').map((sub) => sub.name()),
    options: [...command.options.filter((option) => !option.hidden).map(longest), '--help'],
    choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
    takesNode: /^nodes?$/.test(command.registeredArguments[0]?.name() ?? ''),
    about: command.description(),
  };
  return [own, ...command.commands.flatMap((sub) => wordsOf(sub, `${path} ${sub.name()}`.trim()))];
}

const longest = (option: Option): string => option.long ?? option.short ?? '';

const printers: Readonly<Record<string, (words: readonly Word[]) => string>> = { bash, zsh, fish };

/** `ingot completion bash|zsh|fish`; `names` prints the names of nodes, for the scripts. */
export function completionCommand(shell: Shell, tree: () => Promise<Command>): Command {
  const command = new Command('completion')
    .description('print what makes your shell complete ingot commands')
    .addArgument(new Argument('<shell>').choices(Object.keys(printers)))
    .addHelpText(
      'after',
      '\nExamples:\n  eval "$(ingot completion bash)"\n  ingot completion zsh > ~/.zfunc/_ingot\n  ingot completion fish > ~/.config/fish/completions/ingot.fish',
    );
  command.action(async (name: string) => shell.screen.out.write(printers[name]!(wordsOf(await tree()))));
  return command;
}

/** `ingot __nodes`: names of nodes, a line each; what goes wrong is nobody's business here. */
export const nodeNamesCommand = (shell: Shell): Command =>
  apiCommand<object>(
    shell,
    { name: '__nodes', about: 'names of nodes, for completion' },
    async ({ client, screen }) => {
      const rows = await client.list('/v1/nodes', 'nodes', { fields: 'name,uuid' }).catch(() => []);
      screen.out.write(rows.map((row) => `${row.name ?? row.uuid}\n`).join(''));
    },
  );

function bash(words: readonly Word[]): string {
  const cases = words.map(
    ({ path, subcommands, options, choices, takesNode }) =>
      `    ${JSON.stringify(path)}) subs=${quoted(subcommands)} opts=${quoted(options)} args=${quoted(choices)} nodes=${takesNode ? 1 : 0} ;;`,
  );
  return `# bash completion of ingot
_ingot_words() {
  case "$1" in
${cases.join('\n')}
    *) return 1 ;;
  esac
}
_ingot() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="" subs="" opts="" args="" nodes=0 i word
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    _ingot_words "$path"
    [[ " $subs " == *" $word "* ]] && path="\${path:+$path }$word"
  done
  _ingot_words "$path" || return 0
  case "$prev" in
    --config|--config-drive|--ssh-key|--user-data|--bmc-password-file|--ca-file|--data-dir|--config-dir|--out|--steps|--state-dir)
      COMPREPLY=($(compgen -f -- "$cur")); return 0 ;;
  esac
  if [[ "$cur" == -* ]]; then
    COMPREPLY=($(compgen -W "$opts" -- "$cur"))
  elif [[ -n "$subs" ]]; then
    COMPREPLY=($(compgen -W "$subs" -- "$cur"))
  else
    [[ $nodes == 1 ]] && args="$args $("\${COMP_WORDS[0]}" __nodes 2>/dev/null)"
    COMPREPLY=($(compgen -W "$args" -- "$cur"))
  fi
}
complete -o default -F _ingot ingot ./ingot
`;
}

/** zsh runs the functions of bash as they are. */
function zsh(words: readonly Word[]): string {
  return `#compdef ingot
autoload -U +X compinit && compinit -i
autoload -U +X bashcompinit && bashcompinit
${bash(words)}`;
}

function fish(words: readonly Word[]): string {
  const lines = ['# fish completion of ingot', 'complete -c ingot -f'];
  const about = new Map(words.map((word) => [word.path, word.about]));
  for (const { path, subcommands, options, choices, takesNode } of words) {
    const depth = path === '' ? [] : path.split(' ');
    const seen = depth.map((part) => `__fish_seen_subcommand_from ${part}`);
    const none = subcommands.length > 0 ? [`not __fish_seen_subcommand_from ${subcommands.join(' ')}`] : [];
    const here = [...seen, ...none].join('; and ') || 'true';
    for (const sub of subcommands)
      lines.push(
        `complete -c ingot -n ${quoted([here])} -a ${sub} -d ${quoted([about.get(`${path} ${sub}`.trim()) ?? ''])}`,
      );
    for (const option of options.filter((name) => name.startsWith('--')))
      lines.push(`complete -c ingot -n ${quoted([here])} -l ${option.slice(2)}`);
    if (choices.length > 0) lines.push(`complete -c ingot -n ${quoted([here])} -a ${quoted(choices)}`);
    if (takesNode)
      lines.push(`complete -c ingot -n ${quoted([here])} -a '(command -q ingot; and ingot __nodes 2>/dev/null)'`);
  }
  return `${lines.join('\n')}\n`;
}

const quoted = (words: readonly string[]): string => `'${words.join(' ').replaceAll("'", "'\\''")}'`;
