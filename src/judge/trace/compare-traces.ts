import { diffArrays } from 'diff';
import type { Platform, SystemCallTrace } from '../../core/index.ts';
import { commonPrefix } from '../compare/align-lines.ts';
import { createArchRewriter } from '../normalise/arch.ts';
import { canonicaliseTrace, type CanonicalEvent } from './canonical-calls.ts';
import { parseQemuStrace } from './parse-qemu-strace.ts';
import { parseStrace } from './parse-strace.ts';

/** A trace, and what it is of. */
export interface RawTrace extends Omit<SystemCallTrace, 'truncated'> {
  readonly platform: Platform;
}

/** Two events side by side; one alone has no counterpart. */
export interface AlignedEvent {
  readonly left?: string;
  readonly right?: string;
}

/** Where two traces part for the first time. */
export interface TraceDifference {
  /** By how it came to be: `0` is the command itself, `0.1` its first child. */
  readonly process: string;
  /** Events of that process before it that both have. */
  readonly index: number;
  readonly before: readonly AlignedEvent[];
  /** Events that only one side has. */
  readonly left: readonly string[];
  readonly right: readonly string[];
  /** Events behind it that both have again. */
  readonly after: readonly AlignedEvent[];
}

export interface TraceComparison {
  /** Compared events of each side. */
  readonly events: readonly [number, number];
  readonly quiet: readonly [number, number];
  readonly processes: readonly [number, number];
  /** Events that both have; at least, where it is not `complete`. */
  readonly common: number;
  /** Places in which they part; at least, where it is not `complete`. */
  readonly differences: number;
  /** Whether all was aligned: two that are too different are compared at their beginnings only. */
  readonly complete: boolean;
  readonly first?: TraceDifference;
}

/** Events around a difference. */
const CONTEXT = 5;
/** Shown of each side of a difference. */
const MOST_SHOWN = 12;
/** As in diffs of output: the work grows with its square. */
const MOST_EDITS = 1500;
/** Events of each side that are aligned when all are too different. */
const WINDOW = 400;

interface Row extends AlignedEvent {
  readonly isCommon: boolean;
  /** Of the event in its trace. */
  readonly place: number;
}

interface AlignedProcess {
  readonly rows: readonly Row[];
  /** Whether the rows are all events. */
  readonly complete: boolean;
}

/** The longest common subsequence of two processes' events (Myers), as rows. */
function alignEvents(
  left: readonly CanonicalEvent[],
  right: readonly CanonicalEvent[],
): AlignedProcess {
  const keys = [left, right].map((events) => events.map(({ key }) => key)) as [string[], string[]];
  const prefix = commonPrefix(...keys);
  const [leftRest, rightRest] = keys.map((list) => list.slice(prefix)) as [string[], string[]];
  const whole = diffArrays(leftRest, rightRest, { maxEditLength: MOST_EDITS });
  const changes = whole ?? diffArrays(leftRest.slice(0, WINDOW), rightRest.slice(0, WINDOW));
  const rows: Row[] = [];
  let [leftAt, rightAt] = [0, 0];
  const take = (count: number, side: 'both' | 'left' | 'right'): void => {
    for (let index = 0; index < count; index += 1) {
      const own = side === 'right' ? undefined : left[leftAt++];
      const other = side === 'left' ? undefined : right[rightAt++];
      rows.push({
        isCommon: side === 'both',
        place: own?.place ?? left[leftAt]?.place ?? Number.MAX_SAFE_INTEGER,
        ...(own === undefined ? {} : { left: own.event.text }),
        ...(other === undefined ? {} : { right: other.event.text }),
      });
    }
  };
  take(prefix, 'both');
  for (const { added, removed, value } of changes)
    take(value.length, added ? 'right' : removed ? 'left' : 'both');
  return { rows, complete: whole !== undefined };
}

function describeFirst(process: string, rows: readonly Row[]): TraceDifference | undefined {
  const start = rows.findIndex(({ isCommon }) => !isCommon);
  if (start < 0) return undefined;
  const length = rows.slice(start).findIndex(({ isCommon }) => isCommon);
  const end = length < 0 ? rows.length : start + length;
  const show = ({ left, right }: Row): AlignedEvent => ({
    ...(left === undefined ? {} : { left }),
    ...(right === undefined ? {} : { right }),
  });
  const parted = rows.slice(start, end);
  const next = rows.slice(end).findIndex(({ isCommon }) => !isCommon);
  const after = next < 0 ? rows.slice(end) : rows.slice(end, end + next);
  return {
    process,
    index: start,
    before: rows.slice(Math.max(0, start - CONTEXT), start).map(show),
    left: parted.flatMap(({ left }) => left ?? []).slice(0, MOST_SHOWN),
    right: parted.flatMap(({ right }) => right ?? []).slice(0, MOST_SHOWN),
    after: after.slice(0, CONTEXT).map(show),
  };
}

function countPlaces(rows: readonly Row[]): number {
  return rows.filter(({ isCommon }, index) => !isCommon && rows[index - 1]?.isCommon !== false)
    .length;
}

function parseTrace({ format, text }: RawTrace) {
  return format === 'qemu' ? parseQemuStrace(text) : parseStrace(text);
}

/**
 * Aligns the system calls of two traces, process by process, after what is chance or of an architecture: process
 * numbers, addresses, descriptors, the names of calls. Left is the base.
 */
export function compareTraces(left: RawTrace, right: RawTrace): TraceComparison {
  const arch = createArchRewriter({ platforms: [left.platform, right.platform] });
  const sides = [left, right].map((trace) =>
    canonicaliseTrace(parseTrace(trace), arch, trace.root),
  );
  const [base, other] = sides;
  if (base === undefined || other === undefined) throw new TypeError('a side is missing');
  const names = [
    ...new Set(sides.flatMap(({ processes }) => processes.map(({ name }) => name))),
  ].toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const aligned = names.map((name) => {
    const eventsOf = ({ processes }: typeof base) =>
      processes.find((process) => process.name === name)?.events ?? [];
    return { name, ...alignEvents(eventsOf(base), eventsOf(other)) };
  });
  const firsts = aligned
    .flatMap(({ name, rows }) => {
      const row = rows.find(({ isCommon }) => !isCommon);
      return row === undefined ? [] : [{ name, rows, place: row.place }];
    })
    .toSorted((a, b) => a.place - b.place);
  const [earliest] = firsts;
  const first = earliest === undefined ? undefined : describeFirst(earliest.name, earliest.rows);
  const count = ({ processes }: typeof base): number =>
    processes.reduce((sum, { events }) => sum + events.length, 0);
  const rows = aligned.flatMap((process) => process.rows);
  return {
    events: [count(base), count(other)],
    quiet: [base.quiet, other.quiet],
    processes: [base.processes.length, other.processes.length],
    common: rows.filter(({ isCommon }) => isCommon).length,
    differences: aligned.reduce((sum, process) => sum + countPlaces(process.rows), 0),
    complete: aligned.every(({ complete }) => complete),
    ...(first === undefined ? {} : { first }),
  };
}
