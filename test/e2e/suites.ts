// The suites of test/fixtures/suites with their program, and how to run them.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileProgram } from '../setup/compile-program.ts';
import {
  machine,
  makeDirectory,
  ROOT,
  runCli,
  type Caller,
  type CliOptions,
  type CliResult,
} from './cli.ts';
import { parseReport, type JsonReport } from './records.ts';

export const SUITES = join(ROOT, 'test/fixtures/suites');

/** `--binary` options for actor.c. */
export function actorOptions(): string[] {
  return (['amd64', 'arm64'] as const).flatMap((arch) => [
    '--binary',
    `linux/${arch}=${compileProgram('actor', arch, machine.directory)}`,
  ]);
}

export interface SuiteRun {
  readonly result: CliResult;
  readonly report: JsonReport;
  readonly cwd: string;
}

/** Runs a suite of ours on actor.c with the JSON report on stdout. */
export async function runSuite(
  caller: Caller,
  words: readonly string[],
  options: CliOptions & { readonly suite?: string } = {},
): Promise<SuiteRun> {
  const cwd = options.cwd ?? makeDirectory(caller);
  const result = await runCli(
    caller,
    [
      'test',
      options.suite ?? join(SUITES, 'verdicts.yaml'),
      ...actorOptions(),
      '--reporter',
      'json',
      ...words,
    ],
    { ...options, cwd },
  );
  if (!result.stdout.startsWith('{'))
    throw new Error(`no report, exit ${result.code ?? ''}: ${result.stderr}`);
  return { result, report: parseReport(result.stdout), cwd };
}

/** A copy of a suite that a test may change, with what belongs to it. */
export function copySuite(caller: Caller): { readonly file: string; readonly directory: string } {
  const directory = makeDirectory(caller, 'suite');
  const file = join(directory, 'verdicts.yaml');
  copyFileSync(join(SUITES, 'verdicts.yaml'), file);
  copyFileSync(join(SUITES, 'input.txt'), join(directory, 'input.txt'));
  return { file, directory };
}
