// What `archparity build --json` says, read.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { BuildReport, StrategyReport } from '../../src/app/build.ts';
import { anyCaller, CALLERS, makeDirectory, type Caller, type CliResult } from './cli.ts';

/** Other test files build at the same time, and what is left is looked for. */
function withOwnCache(caller: Caller): Caller {
  return { ...caller, cacheDir: makeDirectory(caller, 'build-cache') };
}

/** The callers of a test file, each with a cache of its own; call it once. */
export function buildCallers(): { readonly callers: readonly Caller[]; readonly anybody: Caller } {
  const callers = CALLERS.map(withOwnCache);
  const anybody = callers.find(({ name }) => name === anyCaller.name);
  if (anybody === undefined) throw new Error('there is no caller');
  return { callers, anybody };
}

export function readBuildReport(result: CliResult): BuildReport {
  expect(result.stdout, result.stderr).toMatch(/^\{/);
  return JSON.parse(result.stdout) as BuildReport;
}

export function strategyOf(report: BuildReport, id: string): StrategyReport {
  const found = report.strategies.find((entry) => entry.id === id);
  if (found === undefined) throw new Error(`there is no strategy ${id}`);
  return found;
}

/** What builds have left in a caller's cache. */
export function leftWork({ cacheDir }: Caller): string[] {
  const directory = join(cacheDir, 'build-work');
  return existsSync(directory) ? readdirSync(directory) : [];
}
