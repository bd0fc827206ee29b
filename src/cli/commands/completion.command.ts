import { Argument, type Command } from 'commander';
import { completionScript, shells, type Shell } from '../completion.js';

/** `coe completion`: a script for the shell to evaluate. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('print a script that completes commands and options')
    .addArgument(new Argument('<shell>', 'the shell it is for').choices([...shells]))
    .addHelpText('after', '\nExample:\n  source <(coe completion bash)\n')
    .action((shell: Shell) => void process.stdout.write(completionScript(program, shell)));
}
