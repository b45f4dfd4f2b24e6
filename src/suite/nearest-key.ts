import { findNearest, foldSpelling } from '../core/index.ts';
import { quoteText } from './mistake.ts';

/** What other tools call our keys. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  arguments: 'args',
  cmd: 'run',
  command: 'run',
  cwd: 'workdir',
  env: 'envVars',
  environment: 'env',
  isdirectory: 'permissions',
  exec: 'run',
  exitcode: 'exit',
  exitstatus: 'exit',
  input: 'stdin',
  output: 'stdout',
  error: 'stderr',
  returncode: 'exit',
  status: 'exit',
  tests: 'cases',
  testcases: 'cases',
  title: 'name',
  workingdir: 'workdir',
  workingdirectory: 'workdir',
  regex: 'matches',
  regexp: 'matches',
  pattern: 'matches',
  equal: 'equals',
  mem: 'memory',
  permissions: 'mode',
  expires: 'until',
  why: 'reason',
  ignore: 'normalize',
};

/** Keys that people write one level too high. */
const HOMES: Readonly<Record<string, string>> = {
  exit: 'expect',
  signal: 'expect',
  stdout: 'expect',
  stderr: 'expect',
  platform: 'when',
  lane: 'when',
  image: 'subject',
  binary: 'subject',
  pids: 'limits',
  memory: 'limits',
  output: 'limits',
  contains: 'stdout',
  equals: 'stdout',
  matches: 'stdout',
};

/** A hint for a key that is not among the valid ones of its mapping. */
export function suggestKey(key: string, valid: readonly string[]): string {
  if (key === '<<') {
    return 'YAML merge keys are not supported; write what the cases share under "defaults"';
  }
  const home = HOMES[key];
  if (home !== undefined && valid.includes(home)) return `"${key}" belongs under "${home}"`;
  const other = OTHER_WORDS[foldSpelling(key)];
  const meant = other !== undefined && valid.includes(other) ? other : findNearest(key, valid);
  if (meant !== undefined) return `did you mean ${quoteText(meant)}?`;
  return `the keys here are ${valid.join(', ')}`;
}
