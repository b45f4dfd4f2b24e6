import { hash } from 'node:crypto';
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
  return hash('sha256', sortedJson(withoutPlaces(definition))).slice(0, DIGITS);
}

/** A case without what only one machine has (paths, and the line in the suite), and without its quarantine. */
function withoutPlaces(definition: CaseDefinition): object {
  const { position: _position, subject, fixtures, stdin, container, with: beside } = definition;
  const { binds, ...options } = container ?? {};
  return {
    ...definition,
    position: undefined,
    quarantine: undefined,
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

/** JSON with sorted keys: objects that were read from a record may have theirs in another order. */
function sortedJson(value: unknown): string {
  // An item of a list that is not there, as JSON.stringify has it.
  if (value === undefined) return 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  const record = value as Readonly<Record<string, unknown>>;
  const members: string[] = [];
  for (const key of Object.keys(record).sort()) {
    const item = record[key];
    if (item !== undefined) members.push(`${JSON.stringify(key)}:${sortedJson(item)}`);
  }
  return `{${members.join(',')}}`;
}
