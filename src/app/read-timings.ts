import { readRecord } from '../record/index.ts';

/**
 * What each case of a recorded run took on all of its lanes together, by its id, in milliseconds. Output and
 * what else was seen is left aside, so memory grows with the number of cases alone.
 * @throws ArchParityError as `readRecord`
 */
export async function readTimings(file: string): Promise<ReadonlyMap<string, number>> {
  const timings = new Map<string, number>();
  for await (const event of readRecord(file)) {
    if (event.type !== 'case-finished') continue;
    const attempts = Object.values(event.result.lanes).flatMap((lane) => lane.attempts);
    const ms = attempts.reduce((sum, { observation }) => sum + (observation?.wallMs ?? 0), 0);
    if (ms > 0) timings.set(event.result.definition.id, ms);
  }
  return timings;
}
