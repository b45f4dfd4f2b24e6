import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { Subject } from './case-parts.ts';
import type { CaseDefinition } from './case.ts';

/** Enough that no two cases of a project have one digest by chance. */
const DIGITS = 16;

/**
 * A digest of what a case does, checks and compares: the same on every machine that has the suite, wherever
 * the suite, its files and the subject lie there.
 */
export function digestCase(definition: CaseDefinition): string {
  const text = JSON.stringify(sortKeys(withoutPlaces(definition)));
  return createHash('sha256').update(text).digest('hex').slice(0, DIGITS);
}

/** A case without what only one machine has: paths, and the line in the suite. */
function withoutPlaces(definition: CaseDefinition): object {
  const { position: _position, subject, fixtures, stdin, container, with: beside } = definition;
  const { binds, ...options } = container ?? {};
  return {
    ...definition,
    position: undefined,
    subject: kindOf(subject),
    fixtures: fixtures.map((path) => basename(path)),
    stdin: stdin !== undefined && 'file' in stdin ? { file: basename(stdin.file) } : stdin,
    container:
      container === undefined
        ? undefined
        : { ...options, binds: binds?.map(({ source: _source, ...bind }) => bind) },
    with: beside?.map((companion) => ({ ...companion, subject: kindOf(companion.subject) })),
  };
}

/** A binary or image may come from elsewhere on each machine: what ran is in the record of its lane. */
function kindOf({ kind }: Subject): string {
  return kind;
}

/** Objects that were read from a record may have their keys in another order. */
function sortKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sortKeys);
  const entries = Object.entries(value).sort(([one], [other]) =>
    one < other ? -1 : one > other ? 1 : 0,
  );
  return Object.fromEntries(entries.map(([key, item]) => [key, sortKeys(item)]));
}
