import { access, constants } from 'node:fs/promises';
import {
  ArchParityError,
  type CaseResult,
  errorMessage,
  type KnownDivergence,
  type LaneInfo,
  type RunEvent,
  type Suite,
} from '../core/index.ts';
import { renewKnown } from '../judge/index.ts';
import { acceptDivergences, type KnownChange } from '../suite/index.ts';
import { describeDiskError, editFile } from '../store/index.ts';

/** An entry that nobody looks at again would hide a bug for ever: it holds for so many days. */
const ACCEPTED_DAYS = 90;

export interface DivergenceCollector {
  listen(event: RunEvent): void;
  /**
   * Writes a `known` entry for each collected divergence, and takes out those that are unmet or expired;
   * the suite files that were changed.
   * @throws ArchParityError `SUITE_NOT_WRITTEN` (exit 3), `SUITE_NOT_EDITABLE` (exit 2): that file is as it was
   */
  accept(suites: readonly Suite[]): Promise<string[]>;
}

interface Collected extends KnownChange {
  readonly suite: string;
}

/** The last day of an entry that is written today, `YYYY-MM-DD`. */
function lastDay(today: Date): string {
  const last = new Date(today);
  last.setUTCDate(last.getUTCDate() + ACCEPTED_DAYS);
  return last.toISOString().slice(0, 10);
}

/** One entry for each aspect that differs: where exactly is left to the person who looks at it. */
function findChange(
  result: CaseResult,
  lanes: ReadonlyMap<string, LaneInfo>,
  today: Date,
): Collected {
  const { definition, cause = 'undecided', explanation, knownFailure } = result;
  const seen = Object.entries(result.lanes).flatMap(([id, { attempts }]) =>
    attempts.some(({ observation }) => observation !== undefined) ? (lanes.get(id) ?? []) : [],
  );
  const renewal = renewKnown(definition.known, result.differences, {
    lanes: seen,
    today: today.toISOString().slice(0, 10),
  });
  // The referee denies the cause that the suite declares: the entry stays, with the other cause.
  const denied = knownFailure?.problem === 'cause' ? definition.known : [];
  const aspects = [...new Set(renewal.undeclared.map(({ what }) => what))];
  const until = lastDay(today);
  const added: KnownDivergence[] = [
    ...renewal.expired.map((entry) => ({ ...entry, until })),
    ...denied.map((entry) => ({ ...entry, cause, until })),
    ...aspects.map((at) => ({
      cause,
      at,
      until,
      reason: explanation?.title ?? 'accepted with --accept; say here why it is all right',
    })),
  ];
  const removed = denied.length > 0 ? [...denied.keys()] : renewal.removed;
  return { caseName: definition.name, suite: definition.suite, added, removed };
}

/** A file of another tool has no place for an entry: the project's overrides have. */
function isEditable({ file, format }: Suite): boolean {
  return !file.startsWith('<') && format === undefined;
}

/**
 * Finds out before a run whether its suites can be written.
 * @throws ArchParityError `SUITE_NOT_WRITTEN` (exit 3)
 */
export async function refuseReadOnly(suites: readonly Suite[]): Promise<void> {
  for (const { file } of suites.filter(isEditable)) {
    await access(file, constants.W_OK).catch((error: unknown) => {
      throw notWritten(file, error);
    });
  }
}

function notWritten(file: string, cause: unknown): ArchParityError {
  return new ArchParityError({
    code: 'SUITE_NOT_WRITTEN',
    message: `${file} cannot be written: ${describeDiskError(cause) ?? errorMessage(cause)}.`,
    advice: '--accept writes known: entries into the suites.',
    cause,
  });
}

/** Remembers what diverges in a run, or no longer does, for `--accept`. */
export function collectDivergences(now: () => Date): DivergenceCollector {
  const collected: Collected[] = [];
  const lanes = new Map<string, LaneInfo>();
  return {
    listen(event) {
      if (event.type === 'lane-opened') lanes.set(event.lane.id, event.lane);
      if (event.type !== 'case-finished') return;
      const { verdict, knownFailure } = event.result;
      if (verdict !== 'diverged' && knownFailure === undefined) return;
      collected.push(findChange(event.result, lanes, now()));
    },
    async accept(suites) {
      const changed: string[] = [];
      for (const suite of suites) {
        const changes = collected.filter((entry) => entry.suite === suite.name);
        if (changes.length === 0 || !isEditable(suite)) continue;
        await editFile(suite.file, (text) => acceptDivergences(text, changes)).catch(
          (error: unknown) => {
            throw error instanceof ArchParityError ? error : notWritten(suite.file, error);
          },
        );
        changed.push(suite.file);
      }
      return changed;
    },
  };
}
