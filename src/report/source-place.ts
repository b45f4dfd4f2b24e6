import { isAbsolute, relative, resolve } from 'node:path';
import type { CaseDefinition } from '../core/index.ts';
import type { RunContext } from './run-context.ts';

/** Where a case is written. */
interface SourcePlace {
  readonly file: string;
  /** From 1; absent where only the file is known: cases of a module. */
  readonly line?: number;
  readonly column?: number;
}

/**
 * The file and line of a case, the file named from the top of its repository, as code hosts want it; a file
 * elsewhere, and any without a top, keeps the name that it has.
 * @returns undefined for a case that nobody wrote
 */
export function findSourcePlace(
  { position, suite }: CaseDefinition,
  context: RunContext,
  top: string | undefined,
): SourcePlace | undefined {
  if (position !== undefined) {
    const { file, line, column } = position;
    return { file: nameFromTop(file, context.start?.cwd, top), line, column };
  }
  const file = context.suiteFile(suite);
  if (file === undefined || file.startsWith('<')) return undefined;
  return { file: nameFromTop(file, context.start?.cwd, top) };
}

function nameFromTop(file: string, cwd: string | undefined, top: string | undefined): string {
  if (top === undefined || (cwd === undefined && !isAbsolute(file))) return file;
  const path = relative(top, resolve(cwd ?? '/', file));
  return path.startsWith('..') || path === '' ? file : path;
}
