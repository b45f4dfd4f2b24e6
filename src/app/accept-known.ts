import { readFile, writeFile } from 'node:fs/promises';
import type { CaseResult, KnownDivergence, RunEvent, Suite } from '../core/index.ts';
import { acceptDivergences } from '../suite/index.ts';

export interface DivergenceCollector {
  listen(event: RunEvent): void;
  /** Writes a `known` entry for each collected divergence; the suite files that were changed. */
  accept(suites: readonly Suite[]): Promise<string[]>;
}

interface Collected {
  readonly caseName: string;
  readonly suite: string;
  readonly known: readonly KnownDivergence[];
}

/** One entry for each aspect that differs: where exactly is left to the person who looks at it. */
function knownEntries(result: CaseResult): KnownDivergence[] {
  const aspects = [...new Set(result.differences.map(({ what }) => what))];
  return aspects.map((at) => ({
    cause: result.cause ?? 'undecided',
    at,
    reason: result.explanation?.title ?? 'accepted with --accept; say here why it is all right',
  }));
}

/** Remembers what diverges in a run, for `--accept`. */
export function collectDivergences(): DivergenceCollector {
  const collected: Collected[] = [];
  return {
    listen(event) {
      if (event.type !== 'case-finished' || event.result.verdict !== 'diverged') return;
      const { definition } = event.result;
      collected.push({
        caseName: definition.name,
        suite: definition.suite,
        known: knownEntries(event.result),
      });
    },
    async accept(suites) {
      const changed: string[] = [];
      for (const suite of suites) {
        const additions = collected
          .filter((entry) => entry.suite === suite.name)
          .flatMap(({ caseName, known }) => known.map((entry) => ({ caseName, known: entry })));
        if (additions.length === 0 || suite.file.startsWith('<')) continue;
        await writeFile(
          suite.file,
          acceptDivergences(await readFile(suite.file, 'utf8'), additions),
        );
        changed.push(suite.file);
      }
      return changed;
    },
  };
}
