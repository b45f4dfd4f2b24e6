import type { BuildStep } from './progress/build-step.ts';
import { readStepName } from './progress/build-step.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

function isPull({ name }: BuildStep): boolean {
  return (
    /^FROM\b/i.test(readStepName(name).instruction) || name.startsWith('[internal] load metadata')
  );
}

function spanOf({ startedMs = 0, durationMs }: BuildStep): Span {
  return { start: startedMs, end: startedMs + durationMs };
}

/**
 * Milliseconds of a build in which it did nothing but fetch base images: they depend on the network, and the
 * first build alone has them.
 */
export function pullTime(steps: readonly BuildStep[]): number {
  const ran = steps.filter(({ startedMs, cached }) => startedMs !== undefined && !cached);
  const others = ran.filter((step) => !isPull(step)).map(spanOf);
  const pulls = ran
    .filter(isPull)
    .map(spanOf)
    .toSorted((a, b) => a.start - b.start);
  let [total, reached] = [0, Number.NEGATIVE_INFINITY];
  for (const pull of pulls) {
    const start = Math.max(pull.start, reached);
    if (pull.end <= start) continue;
    reached = pull.end;
    total += pull.end - start - overlap({ start, end: pull.end }, others);
  }
  return Math.max(0, total);
}

/** How much of a span others cover. */
function overlap(span: Span, others: readonly Span[]): number {
  let [total, reached] = [0, span.start];
  for (const other of others.toSorted((a, b) => a.start - b.start)) {
    const [start, end] = [Math.max(other.start, reached), Math.min(other.end, span.end)];
    if (end <= start) continue;
    total += end - start;
    reached = end;
  }
  return total;
}
