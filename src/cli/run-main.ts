import { runCommandModule } from './commands/run.ts';
import { executeCommand } from './execute-command.ts';

/**
 * `archparity run` on its own. It is built apart from the other commands, so that its code is a few files
 * instead of pieces shared with all of them: starting them takes longer than many a guest runs.
 */
export function main([, ...words]: readonly string[]): Promise<number> {
  return executeCommand('run', runCommandModule, words);
}
