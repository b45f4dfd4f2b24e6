// What `archparity build --json` says, read.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { BuildReport, StrategyReport } from '../../src/app/build.ts';
import type { Caller, CliResult } from './cli.ts';

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
