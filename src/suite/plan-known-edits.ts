import { isMap, isNode, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import type { KnownDivergence } from '../core/index.ts';
import type { TextEdit } from './text-edits.ts';
import { writeScalar } from './write-scalar.ts';

/**
 * The edits that change the `known:` entries of one case of a YAML text. For a notation that it does not
 * know there are no edits; the caller compares what the text means afterwards.
 */
export function planKnownEdits(
  text: string,
  node: YAMLMap,
  {
    added,
    removed,
  }: { readonly added: readonly KnownDivergence[]; readonly removed: readonly number[] },
): readonly TextEdit[] {
  const entries = added.map(writeFlow);
  const pair = node.items.find((item) => isScalar(item.key) && item.key.value === 'known');
  if (removed.length > 0 && isNode(pair?.key) && isNode(pair.value)) {
    const written = isSeq(pair.value) ? pair.value.items : [pair.value];
    const kept = written.filter((_, place) => !removed.includes(place)).map(rewrite);
    return planNewValue(text, { node, key: pair.key, value: pair.value }, [...kept, ...entries]);
  }
  if (entries.length === 0) return [];
  if (pair === undefined) return planNewKey(text, node, entries);
  const value: unknown = pair.value;
  if (isSeq(value))
    return value.flow === true ? growFlowList(value, entries) : growBlockList(text, value, entries);
  if (isMap(value))
    return value.flow === true ? wrapFlow(value, entries) : wrapBlock(text, value, entries);
  // A key without a value; the other scalars are mistakes that the parser reports.
  if (isScalar(value) && value.source === '') {
    return [insertAt(startOf(value), ` ${writeInline(entries)}`)];
  }
  return [];
}

/** One entry on one line, whatever its reason contains. */
function writeFlow(known: KnownDivergence): string {
  const parts = Object.entries(known).map(
    ([key, text]: readonly [string, string]) => `${key}: ${writeScalar(text)}`,
  );
  return `{${parts.join(', ')}}`;
}

/** `[…]` around several entries. */
function writeInline(entries: readonly string[]): string {
  return entries.length === 1 ? entries.join('') : `[${entries.join(', ')}]`;
}

function insertAt(offset: number, insert: string): TextEdit {
  return { offset, length: 0, insert };
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0;
}

function endOf(node: Node): number {
  return node.range?.[1] ?? 0;
}

function columnAt(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** The end of the line on which a node's last character stands, before the line break. */
function endOfLastLine(text: string, end: number): number {
  const content = text.slice(0, end).trimEnd().length;
  const lineBreak = text.indexOf('\n', content);
  if (lineBreak === -1) return text.length;
  return text[lineBreak - 1] === '\r' ? lineBreak - 1 : lineBreak;
}

function lineBreakOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function lastNode(node: YAMLMap): Node | undefined {
  const pair = node.items.at(-1);
  if (isNode(pair?.value)) return pair.value;
  return isNode(pair?.key) ? pair.key : undefined;
}

function planNewKey(text: string, node: YAMLMap, entries: readonly string[]): readonly TextEdit[] {
  const last = lastNode(node);
  const first = node.items[0]?.key;
  if (last === undefined || !isNode(first)) return [];
  const inline = writeInline(entries);
  // A comma before the closing brace stays the last one.
  if (node.flow === true) return [insertAt(endOf(last), `, known: ${inline}`)];
  const indent = ' '.repeat(columnAt(text, startOf(first)));
  const newLine = `${lineBreakOf(text)}${indent}`;
  const lines =
    entries.length === 1
      ? `${newLine}known: ${inline}`
      : [`${newLine}known:`, ...entries.map((entry) => `${newLine}  - ${entry}`)].join('');
  return [insertAt(endOfLastLine(text, endOf(last)), lines)];
}

/** An entry as it stands, on one line. */
function rewrite(entry: unknown): string {
  return isMap(entry) ? writeFlow(entry.toJSON() as KnownDivergence) : '';
}

/** Writes all entries of a case anew; without any the key goes, too. */
function planNewValue(
  text: string,
  { node, key, value }: { readonly node: YAMLMap; readonly key: Node; readonly value: Node },
  entries: readonly string[],
): readonly TextEdit[] {
  const isFlow = 'flow' in value && value.flow;
  const end = isFlow ? endOf(value) : endOfLastLine(text, endOf(value));
  if (entries.length === 0) {
    const lineStart = text.lastIndexOf('\n', startOf(key) - 1);
    // Beside the case's dash, or in a flow mapping, a line is not the key's alone.
    if (node.flow === true || text.slice(lineStart, startOf(key)).trim() !== '') return [];
    const before = text[lineStart - 1] === '\r' ? lineStart - 1 : lineStart;
    const length = endOfLastLine(text, end) - before;
    return [{ offset: before, length, insert: '' }];
  }
  const start = text.indexOf(':', endOf(key)) + 1;
  const newLine = `${lineBreakOf(text)}${' '.repeat(columnAt(text, startOf(key)))}`;
  const insert =
    entries.length === 1 || node.flow === true
      ? ` ${writeInline(entries)}`
      : entries.map((entry) => `${newLine}  - ${entry}`).join('');
  return [{ offset: start, length: end - start, insert }];
}

function growFlowList(list: YAMLSeq, entries: readonly string[]): readonly TextEdit[] {
  const last = list.items.at(-1);
  if (!isNode(last)) return [insertAt(startOf(list) + 1, entries.join(', '))];
  return [insertAt(endOf(last), `, ${entries.join(', ')}`)];
}

function blockItems(text: string, column: number, entries: readonly string[]): string {
  const newLine = `${lineBreakOf(text)}${' '.repeat(column)}`;
  return entries.map((entry) => `${newLine}- ${entry}`).join('');
}

function growBlockList(
  text: string,
  list: YAMLSeq,
  entries: readonly string[],
): readonly TextEdit[] {
  const items = blockItems(text, columnAt(text, startOf(list)), entries);
  return [insertAt(endOfLastLine(text, endOf(list)), items)];
}

function wrapFlow(value: YAMLMap, entries: readonly string[]): readonly TextEdit[] {
  return [insertAt(startOf(value), '['), insertAt(endOf(value), `, ${entries.join(', ')}]`)];
}

/** Makes a block mapping the first item of a block list: every line of it moves to the right. */
function wrapBlock(text: string, value: YAMLMap, entries: readonly string[]): readonly TextEdit[] {
  const start = startOf(value);
  const end = endOfLastLine(text, endOf(value));
  const edits = [insertAt(start, '- ')];
  for (let at = text.indexOf('\n', start); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) {
    const blank = /^\r?(?:\n|$)/.test(text.slice(at + 1, at + 3));
    if (!blank) edits.push(insertAt(at + 1, '  '));
  }
  return [...edits, insertAt(end, blockItems(text, columnAt(text, start), entries))];
}
