import {
  capturedText,
  type ChangedFile,
  type CheckFailure,
  type FileExpectation,
} from '../core/index.ts';
import { checkText } from './check-text.ts';
import { formatMode } from './compare/compare-file.ts';
import { formatGoMode } from './go-mode.ts';

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
  const exists = file !== undefined && file.type !== 'removed' && file.type !== 'missing';
  if (expectation.exists === false) {
    return exists ? [fail('does not exist', 'no such file', file.type)] : [];
  }
  if (!exists) {
    const actual =
      file === undefined
        ? 'the case did not create or change it'
        : file.type === 'missing'
          ? 'not there'
          : 'removed';
    return [fail('exists', expectation.type ?? 'a file', actual)];
  }
  const failures: CheckFailure[] = [];
  if (expectation.type !== undefined && expectation.type !== file.type) {
    failures.push(fail(`is a ${expectation.type}`, expectation.type, file.type));
  }
  if (expectation.mode !== undefined && Number.parseInt(expectation.mode, 8) !== file.mode) {
    failures.push(fail(`mode ${expectation.mode}`, expectation.mode, formatMode(file.mode)));
  }
  failures.push(...checkOwner(file, expectation, fail));
  if (expectation.content !== undefined) {
    failures.push(...checkContent(file, expectation.content, fail));
  }
  return failures;
}

const EXECUTE_BITS = { owner: 0o100, group: 0o010, other: 0o001, any: 0o111 } as const;

function checkOwner(
  file: ChangedFile,
  { permissions, uid, gid, executableBy }: FileExpectation,
  fail: (what: string, expected: string, actual: string) => CheckFailure,
): CheckFailure[] {
  const actual = formatGoMode(file);
  return [
    ...(permissions === undefined || permissions === actual
      ? []
      : [fail(`permissions ${permissions}`, permissions, actual)]),
    ...(executableBy === undefined || (file.mode & EXECUTE_BITS[executableBy]) !== 0
      ? []
      : [fail(`is executable by ${executableBy}`, `x for ${executableBy}`, actual)]),
    ...(uid === undefined || uid === file.uid
      ? []
      : [fail(`uid ${uid}`, String(uid), String(file.uid))]),
    ...(gid === undefined || gid === file.gid
      ? []
      : [fail(`gid ${gid}`, String(gid), String(file.gid))]),
  ];
}

function checkContent(
  file: ChangedFile,
  content: NonNullable<FileExpectation['content']>,
  fail: (what: string, expected: string, actual: string) => CheckFailure,
): CheckFailure[] {
  if (file.content === undefined) {
    const why = file.type === 'file' ? `${file.size} bytes, which were not kept` : file.type;
    return [fail('content', 'content to look at', why)];
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
