// Changes judge and suite in every way that StrykerJS knows but texts, and counts what the unit tests see. Directory
// by directory: what each of thousands of tests runs through does not fit into memory for all files at once.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Stryker } from '@stryker-mutator/core';

const ROOT = path.join(import.meta.dirname, '../..');
const RESULTS = path.join(ROOT, 'build/mutation');
/** Per cent of the changes that a test must see. */
const ENOUGH = 85;

interface Count {
  readonly seen: number;
  readonly all: number;
}

function listDirectories(): string[] {
  return ['src/judge', 'src/suite'].flatMap((top) => [
    top,
    ...readdirSync(path.join(ROOT, top), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
      .toSorted(),
  ]);
}

/** @returns what the tests see of the changes of the files that lie in a directory, not of those below it */
async function tryChanges(directory: string): Promise<Count> {
  const name = directory.replaceAll('/', '-');
  const results = await new Stryker({
    configFile: path.join(import.meta.dirname, 'stryker.config.json'),
    mutate: [`${directory}/*.ts`],
    jsonReporter: { fileName: path.join(RESULTS, `${name}.json`) },
    // One that was stopped goes on where it was.
    incrementalFile: path.join(RESULTS, `${name}.incremental.json`),
    tempDirName: path.join(RESULTS, 'sandbox'),
  }).runMutationTest();
  const count = (...statuses: readonly string[]): number =>
    results.filter(({ status }) => statuses.includes(status)).length;
  const seen = count('Killed', 'Timeout');
  return { seen, all: seen + count('Survived', 'NoCoverage') };
}

function describe(name: string, { all, seen }: Count): string {
  return `${name}: ${((100 * seen) / all).toFixed(1)} % of ${String(all)} changes are seen`;
}

if (!existsSync(path.join(ROOT, 'dist/bin'))) throw new Error('run scripts/test first');
process.chdir(ROOT);
const counts: (readonly [name: string, count: Count])[] = [];
for (const directory of process.argv.length > 2 ? process.argv.slice(2) : listDirectories())
  counts.push([directory, await tryChanges(directory)]);
const total = counts.reduce(
  (sum, [, { all, seen }]) => ({ seen: sum.seen + seen, all: sum.all + all }),
  { seen: 0, all: 0 },
);
for (const [name, count] of counts) console.log(describe(name, count));
console.log(describe('all', total));
process.exitCode = 100 * total.seen >= ENOUGH * total.all ? 0 : 1;
