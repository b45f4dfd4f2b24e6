/**
 * `count-tests.ts REPORT STATUS` reads vitest's JSON report and prints `PASSED FAILED SKIPPED`.
 *
 * A file that cannot be loaded, an error outside every test, and a run that ended without a report
 * are failures that the report does not count as tests: each counts as one here.
 */
import { readFile } from 'node:fs/promises';

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: 'passed' | 'failed';
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

async function readReport(file: string): Promise<Report | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Report;
  } catch {
    return undefined;
  }
}

const [file = '', status = '1'] = process.argv.slice(2);
const report = await readReport(file);

if (report === undefined) {
  console.log('0 1 0');
} else {
  const brokenFiles = report.testResults.filter(
    (result) =>
      result.status === 'failed' &&
      !result.assertionResults.some((assertion) => assertion.status === 'failed'),
  ).length;
  const failures = report.numFailedTests + brokenFiles;
  const failed = failures === 0 && status !== '0' ? 1 : failures;
  console.log(report.numPassedTests, failed, report.numPendingTests + report.numTodoTests);
}
