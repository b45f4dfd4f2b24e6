import {
  capturedText,
  type ChangedFile,
  type CheckFailure,
  type FileExpectation,
} from '../core/index.ts';
import { checkText } from './check-text.ts';
import { formatMode } from './compare/compare-file.ts';

/**
 * Evaluates an expectation on one file among the changed ones.
 * @throws ArchParityError `PATTERN_INVALID` (exit 2)
 */
export function checkFile(
  files: readonly ChangedFile[] | undefined,
  expectation: FileExpectation,
): CheckFailure[] {
  const fail = (what: string, expected: string, actual: string): CheckFailure => ({
    check: `file ${expectation.path} ${what}`,
    expected,
    actual,
    at: expectation.path,
  });
  if (files === undefined) return [fail('exists', 'changed files', 'this lane reports no files')];
  const wanted = trimPath(expectation.path);
  const file = files.find((changed) => trimPath(changed.path) === wanted);
  const exists = file !== undefined && file.type !== 'removed';
  if (expectation.exists === false) {
    return exists ? [fail('does not exist', 'no such file', file.type)] : [];
  }
  if (!exists) {
    const actual = file === undefined ? 'the case did not create or change it' : 'removed';
    return [fail('exists', expectation.type ?? 'a file', actual)];
  }
  const failures: CheckFailure[] = [];
  if (expectation.type !== undefined && expectation.type !== file.type) {
    failures.push(fail(`is a ${expectation.type}`, expectation.type, file.type));
  }
  if (expectation.mode !== undefined && Number.parseInt(expectation.mode, 8) !== file.mode) {
    failures.push(fail(`mode ${expectation.mode}`, expectation.mode, formatMode(file.mode)));
  }
  if (expectation.content !== undefined) {
    failures.push(...checkContent(file, expectation.content, fail));
  }
  return failures;
}

function checkContent(
  file: ChangedFile,
  content: NonNullable<FileExpectation['content']>,
  fail: (what: string, expected: string, actual: string) => CheckFailure,
): CheckFailure[] {
  if (file.content === undefined) {
    return [fail('content', 'content to look at', `${file.size} bytes, which were not kept`)];
  }
  const { totalBytes, truncated } = file.content;
  const checked = { name: `file ${file.path} content`, text: capturedText(file.content) };
  const note = truncated ? { note: `truncated, ${totalBytes} bytes in all` } : {};
  return checkText({ ...checked, ...note }, content).map((failure) => ({
    ...failure,
    at: failure.at === undefined ? file.path : `${file.path}: ${failure.at}`,
  }));
}

/** Paths of a binary's case are relative: `./out` and `out` are the same. */
function trimPath(path: string): string {
  return path.replace(/^\.\//, '').replace(/\/$/, '');
}
