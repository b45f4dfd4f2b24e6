import { basename } from 'node:path';
import type { Collector } from './audit-findings.ts';
import type { RootView } from './root-view.ts';

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
  root: RootView,
  { path, mode }: { readonly path: string; readonly mode: number },
  { head, collector }: { readonly head: string; readonly collector: Collector },
): void {
  if ((mode & 0o111) === 0) return;
  const words = (head.split('\n')[0] ?? '').slice(2).trim().split(/\s+/);
  const [interpreter = ''] = words;
  if (!interpreter.startsWith('/')) return;
  const severity = PROGRAM_DIRECTORIES.some((directory) => path.startsWith(`${directory}/`))
    ? 'warning'
    : 'note';
  const add = (missing: string): void =>
    collector.add({ kind: 'missing-interpreter', severity, path, interpreter: missing });
  if (root.resolve(interpreter) === undefined) add(interpreter);
  else if (basename(interpreter) === 'env') {
    const program = words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='));
    if (program === undefined || program.includes('/')) return;
    const isThere = PROGRAM_DIRECTORIES.some(
      (directory) => root.resolve(`${directory}/${program}`) !== undefined,
    );
    if (!isThere) add(program);
  }
}
