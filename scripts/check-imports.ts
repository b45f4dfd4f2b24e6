/**
 * Checks the import table (`.dependency-cruiser.mjs`) on `src`, and that its rules bite: every rule
 * must be reported for the planted imports of `test/fixtures/import-table`, and no more than those.
 */
import { execFile } from 'node:child_process';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import tableConfig from '../.dependency-cruiser.mjs';

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
}

interface Cruise {
  readonly summary: { readonly violations: readonly Violation[]; readonly totalCruised: number };
}

const root = path.join(import.meta.dirname, '..');
const fixture = path.join(root, 'test/fixtures/import-table');

/** Runs dependency-cruiser on DIRECTORY/src. */
async function cruiseSources(directory: string): Promise<Cruise> {
  const program = path.join(root, 'node_modules/.bin/depcruise');
  const config = path.join(root, '.dependency-cruiser.mjs');
  const args = [program, 'src', '--config', config, '--output-type', 'json'];
  const stdout = await new Promise<string>((resolve, reject) => {
    const options = { cwd: directory, maxBuffer: 256 * 1024 * 1024 };
    execFile(process.execPath, args, options, (error, out, err) => {
      // It exits with the number of violations: only an answer that is no JSON is a failure.
      if (out.startsWith('{')) resolve(out);
      else reject(new Error(`dependency-cruiser failed: ${err}`, { cause: error }));
    });
  });
  return JSON.parse(stdout) as Cruise;
}

/** The `file: rule` pairs that the planted files themselves declare. */
async function readPlantedViolations(): Promise<Set<string>> {
  const planted = new Set<string>();
  for await (const file of glob('src/**/*.ts', { cwd: fixture })) {
    const text = await readFile(path.join(fixture, file), 'utf8');
    for (const match of text.matchAll(/^\/\/ violates: (\S+)$/gm)) {
      planted.add(`${file}: ${match[1] ?? ''}`);
    }
  }
  return planted;
}

async function checkSources(): Promise<string[]> {
  const { summary } = await cruiseSources(root);
  if (summary.totalCruised === 0) return ['src: no file was looked at'];
  return summary.violations.map(({ from, to, rule }) => `${from}: ${rule.name} (imports ${to})`);
}

async function checkRulesBite(): Promise<string[]> {
  const [planted, { summary }] = await Promise.all([
    readPlantedViolations(),
    cruiseSources(fixture),
  ]);
  const reported = new Set(summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`));
  const rules = (tableConfig.forbidden ?? []).map(({ name }) => name ?? '');
  return [
    ...[...planted.difference(reported)].map((pair) => `planted, not reported: ${pair}`),
    ...[...reported.difference(planted)].map((pair) => `reported, not planted: ${pair}`),
    ...rules
      .filter((rule) => ![...planted].some((pair) => pair.endsWith(`: ${rule}`)))
      .map((rule) => `no planted import shows that this rule bites: ${rule}`),
  ];
}

const problems = (await Promise.all([checkSources(), checkRulesBite()])).flat();
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log('the import table holds, and each of its rules bites');
