import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
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
  // The edits know the common notations. What the result must mean is decided before, and where they do
  // not get there, the document model writes the text (in its own layout).
  const expected = changes.reduce(changeMeaning, readMeaning(document));
  const edited = applyTextEdits(text, edits);
  if (means(edited, expected)) return edited;
  for (const change of changes) changeDocument(document, change);
  if (isResolved(document)) {
    const rewritten = document.toString({ lineWidth: 0, flowCollectionPadding: false });
    if (means(rewritten, expected)) return rewritten;
  }
  throw notEditable('an entry that would change is used elsewhere in it, by an alias');
}

function parseDocumentOf(text: string): Document {
  return parseDocument(text, { version: '1.2', schema: 'core' });
}

function parseText(text: string): Document {
  const document = parseDocumentOf(text);
  if (document.errors.length > 0) throw notEditable('it is not valid YAML');
  return document;
}

interface CaseData {
  readonly name: string;
  readonly known?: unknown;
}

/** The data of a suite, with the `known` entries of its cases (by name) taken out as lists. */
interface Meaning {
  readonly data: unknown;
  readonly known: ReadonlyMap<string, readonly unknown[]>;
}

function readMeaning(document: Document): Meaning {
  // The suite was read before: its aliases are no bomb, and its cases have names.
  const data = document.toJS({ maxAliasCount: -1 }) as { readonly cases: readonly CaseData[] };
  const known = new Map<string, readonly unknown[]>();
  const cases = data.cases.map(({ known: entries, ...rest }) => {
    known.set(rest.name, entries === undefined || entries === null ? [] : [entries].flat());
    return rest;
  });
  return { data: { ...data, cases }, known };
}

function changeMeaning(
  { data, known }: Meaning,
  { caseName, added, removed }: KnownChange,
): Meaning {
  const kept = (known.get(caseName) ?? []).filter((_, place) => !removed.includes(place));
  return { data, known: new Map(known).set(caseName, [...kept, ...added]) };
}

function means(text: string, expected: Meaning): boolean {
  const document = parseDocumentOf(text);
  return (
    document.errors.length === 0 &&
    isResolved(document) &&
    isDeepStrictEqual(readMeaning(document), expected)
  );
}

/** Whether every alias has its anchor before it: one can go with an entry. */
function isResolved(document: Document): boolean {
  const anchors = new Set<string>();
  let resolved = true;
  visit(document, {
    Value(_key, { anchor }) {
      if (anchor !== undefined) anchors.add(anchor);
    },
    Alias(_key, { source }) {
      if (!anchors.has(source)) resolved = false;
    },
  });
  return resolved;
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
    for (const [index, item] of cases.items.entries()) {
      const node = isAlias(item) ? item.resolve(document) : item;
      if (!isMap(node) || node.get('name') !== caseName) continue;
      if (node !== item) throw notEditable(`the case "${caseName}" is an alias`);
      return { index, node };
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
    document.deleteIn(path);
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
