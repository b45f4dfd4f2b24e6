import { basename } from 'node:path';
import type { Collector } from './audit-findings.ts';
import { resolveInRoot } from './resolve-in-root.ts';
import type { RootEntry } from './walk-root.ts';

const PROGRAM_DIRECTORIES = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

/**
 * Finds a script whose `#!` line names a program that is not in the root; behind `env` the program
 * that env would look for in the usual PATH.
 *
 * @param head - the start of the file
 */
export function auditScript(
  root: string,
  { path, stats }: RootEntry,
  { head, collector }: { readonly head: string; readonly collector: Collector },
): void {
  if ((stats.mode & 0o111) === 0) return;
  const words = (head.split('\n')[0] ?? '').slice(2).trim().split(/\s+/);
  const [interpreter = ''] = words;
  if (!interpreter.startsWith('/')) return;
  const severity = PROGRAM_DIRECTORIES.some((directory) => path.startsWith(`${directory}/`))
    ? 'warning'
    : 'note';
  const add = (missing: string): void =>
    collector.add({ kind: 'missing-interpreter', severity, path, interpreter: missing });
  if (resolveInRoot(root, interpreter) === undefined) add(interpreter);
  else if (basename(interpreter) === 'env') {
    const program = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
    if (program === undefined || program.includes('/')) return;
    const isThere = PROGRAM_DIRECTORIES.some(
      (directory) => resolveInRoot(root, `${directory}/${program}`) !== undefined,
    );
    if (!isThere) add(program);
  }
}
