import type { AgentFailure } from '../../agent/index.ts';
import type { Termination } from '../../core/index.ts';

type NotStarted = Omit<Extract<Termination, { kind: 'not-started' }>, 'kind' | 'errno'>;

/** exec(2)'s and chdir(2)'s answers for a command that is not there. */
const MISSING = new Set(['ENOENT', 'ENOTDIR']);

function explainExec(file: string, errno: string): NotStarted {
  if (MISSING.has(errno))
    return file.includes('/')
      ? {
          code: 'COMMAND_NOT_FOUND',
          message: `${file} was not found, or the loader or interpreter that it names was not.`,
          advice: 'Check the path, and what file(1) says that it needs.',
        }
      : {
          code: 'COMMAND_NOT_FOUND',
          message: `The command ${file} was not found in PATH.`,
          advice: 'Check its name, or write its whole path.',
        };
  switch (errno) {
    case 'EACCES':
      return {
        code: 'COMMAND_NOT_EXECUTABLE',
        message: `${file} must not be executed (${errno}).`,
        advice: 'Name a file that its user may execute (chmod +x).',
      };
    case 'ENOEXEC':
      return {
        code: 'COMMAND_NOT_EXECUTABLE',
        message: `${file} is no program that can be executed here (${errno}).`,
        advice: 'See with file(1) what it is for; a script needs a #! line.',
      };
    default:
      return {
        code: 'COMMAND_NOT_EXECUTABLE',
        message: `${file} could not be executed (${errno}).`,
        advice: 'See execve(2) for what that means.',
      };
  }
}

function explainDirectory(directory: string, errno: string): NotStarted {
  const why =
    errno === 'ENOENT'
      ? 'does not exist'
      : errno === 'ENOTDIR'
        ? 'is not a directory'
        : `cannot be entered (${errno})`;
  return {
    code: 'WORKDIR_UNUSABLE',
    message: `The working directory ${directory} ${why}.`,
    advice: 'Name a directory that the user of the command may enter.',
  };
}

/** What to say of a subject that the agent could not start; `undefined` when the lane is to blame. */
export function explainStart({ step, errno }: AgentFailure): NotStarted | undefined {
  const [, what, name = ''] = /^(exec|enter) (.*)$/s.exec(step) ?? [];
  if (what === 'exec') return explainExec(name, errno);
  return what === 'enter' ? explainDirectory(name, errno) : undefined;
}
