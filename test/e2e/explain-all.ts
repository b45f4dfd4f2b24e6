// Runs the provocations of the knowledge base.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeDirectory, runCli, type Caller, type CliOptions } from './cli.ts';
import { PROVOCATIONS, type Place } from './provocations.ts';

export interface Where extends CliOptions {
  readonly lanes: readonly string[];
  /** `--binary` or `--image` words. */
  readonly subject: readonly string[];
  /** Puts fixtures beside the suite. */
  readonly fill?: (directory: string) => void;
}

interface ExplainedCase {
  readonly name: string;
  readonly explanation?: { readonly id: string };
}

/** Runs the cases of a place, and gives what explains each of them. */
export async function explainAll(caller: Caller, place: Place, where: Where): Promise<object> {
  const cwd = makeDirectory(caller);
  where.fill?.(cwd);
  writeFileSync(join(cwd, 'old-call.c'), '#include <sys/syscall.h>\nint old = SYS_open;\n');
  const cases = PROVOCATIONS[place].map((provocation) => ({
    name: provocation.id,
    ...provocation.case,
  }));
  // JSON is YAML.
  writeFileSync(join(cwd, 'suite.yaml'), JSON.stringify({ version: 1, name: 'provoke', cases }));
  const lanes = where.lanes.flatMap((lane) => ['--lane', lane]);
  const result = await runCli(
    caller,
    ['test', 'suite.yaml', ...where.subject, ...lanes, '--reporter', 'json'],
    { ...where, cwd },
  );
  if (!result.stdout.startsWith('{')) throw new Error(result.stderr);
  expect(result.code).toBe(1);
  const report = JSON.parse(result.stdout) as { cases: ExplainedCase[] };
  return Object.fromEntries(report.cases.map((entry) => [entry.name, entry.explanation?.id]));
}

/** Each case is explained by the entry of its name. */
export function expectedOf(place: Place): object {
  return Object.fromEntries(PROVOCATIONS[place].map(({ id }) => [id, id]));
}
