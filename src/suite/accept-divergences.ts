import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { type KnownDivergence, usageError } from '../core/index.ts';
import { applyTextEdits, type TextEdit } from './text-edits.ts';
import { planKnownEdits } from './plan-known-edits.ts';

/** What becomes of the `known:` entries of a case. */
export interface KnownChange {
  /** Name of the case in its suite. */
  readonly caseName: string;
  readonly added: readonly KnownDivergence[];
  /** Places of the entries that go, as they stand in the suite. */
  readonly removed: readonly number[];
}

/**
 * Changes the `known:` entries of the cases of a suite's YAML. Every other character stays as it is:
 * comments, quotes, spaces, line ends. A single `known` becomes a list. Only where entries go, all of the
 * case's are written anew.
 * @throws ArchParityError `CASE_UNKNOWN`, `SUITE_NOT_EDITABLE` (exit 2)
 */
export function acceptDivergences(text: string, changes: readonly KnownChange[]): string {
  const document = parseText(text);
  const edits: TextEdit[] = [];
  for (const { caseName, added, removed } of changes) {
    const { node } = findCase(document, caseName);
    edits.push(...planKnownEdits(text, node, { added: added.map(orderKeys), removed }));
  }
  // The edits know the common notations. The document model decides what the result must mean, and
  // writes the text itself (in its own layout) where they do not get there.
  for (const change of changes) changeDocument(document, change);
  const expected: unknown = document.toJS();
  const edited = applyTextEdits(text, edits);
  if (isDeepStrictEqual(readData(edited), expected)) return edited;
  const rewritten = document.toString({ lineWidth: 0, flowCollectionPadding: false });
  if (isDeepStrictEqual(readData(rewritten), expected)) return rewritten;
  throw notEditable('its notation is not understood');
}

function parseText(text: string): Document {
  const document = parseDocument(text, { version: '1.2', schema: 'core' });
  if (document.errors.length > 0) throw notEditable('it is not valid YAML');
  return document;
}

function readData(text: string): unknown {
  const document = parseDocument(text, { version: '1.2', schema: 'core' });
  return document.errors.length > 0 ? undefined : document.toJS();
}

function notEditable(reason: string) {
  return usageError(
    'SUITE_NOT_EDITABLE',
    `The suite cannot be edited: ${reason}.`,
    'Write the known: entries by hand.',
  );
}

interface FoundCase {
  readonly index: number;
  readonly node: YAMLMap;
}

function findCase(document: Document, caseName: string): FoundCase {
  const cases = document.get('cases');
  if (isSeq(cases)) {
    for (const [index, node] of cases.items.entries()) {
      if (isMap(node) && node.get('name') === caseName) return { index, node };
    }
  }
  throw usageError(
    'CASE_UNKNOWN',
    `The suite has no case "${caseName}".`,
    'The names are printed by "archparity test --list".',
  );
}

function changeDocument(document: Document, { caseName, added, removed }: KnownChange): void {
  const { index, node } = findCase(document, caseName);
  const before = node.get('known', true) as unknown;
  const path = ['cases', index, 'known'];
  const isEmpty = before === undefined || (isScalar(before) && before.value === null);
  const old: readonly unknown[] = isSeq(before) ? before.items : isEmpty ? [] : [before];
  const kept = old.filter((_, place) => !removed.includes(place));
  const entries = [
    ...kept,
    ...added.map((entry) => document.createNode(orderKeys(entry), { flow: true })),
  ];
  if (entries.length === 0) {
    if (before !== undefined) document.deleteIn(path);
    return;
  }
  if (isSeq(before) && removed.length === 0) {
    before.items = entries;
    return;
  }
  const list = document.createNode([]);
  list.items = entries as typeof list.items;
  document.setIn(path, entries.length === 1 ? entries[0] : list);
}

/** The order in which a reader wants to read them. */
function orderKeys({ cause, at, until, reason }: KnownDivergence): KnownDivergence {
  return {
    cause,
    ...(at === undefined ? {} : { at }),
    ...(until === undefined ? {} : { until }),
    reason,
  };
}
