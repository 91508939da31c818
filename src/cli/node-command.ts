import { Command } from 'commander';
import type { Shell } from './api-command.ts';
import { deleteCommand, maintenanceCommand, setCommand, unsetCommand } from './node/change.ts';
import { createCommand } from './node/create.ts';
import { deployCommands } from './node/deploy.ts';
import { listCommand, showCommand } from './node/list.ts';
import { bootDeviceCommand, powerCommand } from './node/machine.ts';
import { explainCommand, historyCommand, validateCommand, waitCommand } from './node/questions.ts';
import { verbCommands } from './node/work.ts';

const commands = [
  createCommand,
  listCommand,
  showCommand,
  setCommand,
  unsetCommand,
  deleteCommand,
  verbCommands,
  deployCommands,
  powerCommand,
  bootDeviceCommand,
  maintenanceCommand,
  validateCommand,
  historyCommand,
  waitCommand,
  explainCommand,
];

/** `ingot node …` */
export function nodeCommand(shell: Shell): Command {
  const node = new Command('node').description('machines: enroll, deploy, power, watch');
  for (const made of commands.flatMap((make) => make(shell))) node.addCommand(made);
  return node;
}
