import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { type KnownDivergence, usageError } from '../core/index.ts';
import { applyTextEdits, type TextEdit } from './text-edits.ts';
import { planKnownEdits } from './plan-known-edits.ts';

/** A divergence to declare in a suite. */
export interface AcceptedDivergence {
  /** Name of the case in its suite. */
  readonly caseName: string;
  readonly known: KnownDivergence;
}

/**
 * Adds `known:` entries to the cases of a suite's YAML. Every other character stays as it is:
 * comments, quotes, spaces, line ends. A single `known` becomes a list.
 * @throws ArchParityError `CASE_UNKNOWN`, `SUITE_NOT_EDITABLE` (exit 2)
 */
export function acceptDivergences(text: string, additions: readonly AcceptedDivergence[]): string {
  const document = parseText(text);
  const byCase = Map.groupBy(additions, ({ caseName }) => caseName);
  const edits: TextEdit[] = [];
  for (const [caseName, group] of byCase) {
    const { node } = findCase(document, caseName);
    const added = group.map(({ known }) => orderKeys(known));
    edits.push(...planKnownEdits(text, node, added));
  }
  // The edits know the common notations. The document model decides what the result must mean, and
  // writes the text itself (in its own layout) where they do not get there.
  for (const [caseName, group] of byCase) addToDocument(document, caseName, group);
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

function addToDocument(
  document: Document,
  caseName: string,
  group: readonly AcceptedDivergence[],
): void {
  const { index, node } = findCase(document, caseName);
  const added = group.map(({ known }) => document.createNode(orderKeys(known), { flow: true }));
  const before = node.get('known', true) as unknown;
  const path = ['cases', index, 'known'];
  if (isSeq(before)) {
    for (const entry of added) before.add(entry);
  } else if (before !== undefined && !(isScalar(before) && before.value === null)) {
    const list = document.createNode([]);
    list.items = [before, ...added] as typeof list.items;
    document.setIn(path, list);
  } else {
    document.setIn(path, added.length === 1 ? added[0] : document.createNode(added));
  }
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
