import { ArchParityError } from '../../../src/core/index.ts';
import { parseSuite, type SuiteOptions } from '../../../src/suite/index.ts';

/** The head of a suite that needs nothing but cases; it has three lines. */
export const SUITE_HEAD = 'version: 1\nname: s\nsubject: {image: "oci:x"}\n';

/** A suite with one case, whose keys begin in line 6, column 5. */
export function suiteWithCase(keys: string): string {
  const indented = keys.split('\n').map((line) => `    ${line}`);
  return `${SUITE_HEAD}cases:\n  - name: c\n${indented.join('\n')}\n`;
}

/** What must throw. */
export function catchError(action: () => unknown): ArchParityError {
  try {
    action();
  } catch (thrown) {
    if (thrown instanceof ArchParityError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

/** Every mistake as `line:column message (hint)`. */
export function listMistakes(
  text: string,
  file = '/suites/s.yaml',
  options?: SuiteOptions,
): string[] {
  const error = catchError(() => parseSuite(text, file, options));
  if (error.code !== 'SUITE_INVALID' || error.exitCode !== 2) throw error;
  return error.diagnostics.map(
    ({ position: { line, column }, message, hint }) =>
      `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}
