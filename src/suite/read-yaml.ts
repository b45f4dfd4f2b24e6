import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isPair,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { Diagnostic } from '../core/index.ts';
import { quoteText } from './mistake.ts';
import type { SuiteSource } from './suite-source.ts';
import { YAML_OPTIONS } from './read-large-yaml.ts';
import { createYamlSource, placeSpan, type YamlText } from './yaml-source.ts';

/** A YAML text as plain data, or the mistakes that keep it from being that. */
export type YamlReading =
  | { readonly value: unknown; readonly source: SuiteSource }
  | { readonly diagnostics: readonly Diagnostic[] };

/** More values than any suite has; a few nested aliases can stand for billions. */
const MOST_VALUES = 1_000_000;

/**
 * Reads YAML 1.2 with the core schema: `yes` and `2027-06-30` are texts, keys must be unique.
 * @param merge - whether `<<` merges a mapping, as YAML 1.1 has it
 */
export function readYaml(
  text: string,
  file: string,
  { merge = false }: { readonly merge?: boolean } = {},
): YamlReading {
  const lineCounter = new LineCounter();
  const yaml: YamlText = { file, text, lineCounter, lines: text.trimEnd().split(/\r?\n/) };
  const document = parseDocument(text, { ...YAML_OPTIONS, merge, lineCounter });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) return { diagnostics: explainYamlErrors(problems, yaml) };
  const diagnostics = [...findAliasMistakes(document, yaml), ...findKeyMistakes(document, yaml)];
  if (diagnostics.length > 0) return { diagnostics };
  return {
    value: document.toJS({ maxAliasCount: -1 }),
    source: createYamlSource(document, yaml),
  };
}

function explainYamlErrors(errors: readonly YAMLError[], yaml: YamlText): Diagnostic[] {
  // After the nesting became too deep, the parser repeats itself on its way out.
  const first = errors.find((error) => error.code === 'RESOURCE_EXHAUSTION');
  const shown = first === undefined ? errors : [first];
  const seen = new Set<string>();
  return shown.flatMap((error) => {
    const [start, end] = error.pos;
    const { position, frame } = placeSpan(yaml, { start, end });
    // One slip (a missing bracket) makes the parser complain several times at the same place.
    const place = `${position.line}:${position.column}`;
    if (seen.has(place)) return [];
    seen.add(place);
    const { message, hint } = explainYamlError(error, yaml.text);
    return [
      {
        position,
        message,
        ...(hint === undefined ? {} : { hint }),
        ...(frame === undefined ? {} : { frame }),
      },
    ];
  });
}

function explainYamlError(error: YAMLError, text: string): { message: string; hint?: string } {
  const raw = error.message.split('\n')[0]?.replaceAll(/\p{Cc}/gu, '\u{fffd}') ?? '';
  const word = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:,\]}]+)/.exec(text.slice(error.pos[0]))?.[0] ?? '';
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return {
        message: `the key ${quoteText(word.replaceAll(/^["']|["']$/g, ''))} is written twice`,
        hint: 'remove one of them',
      };
    case 'TAB_AS_INDENT':
      return { message: 'tabs cannot indent YAML', hint: 'indent with spaces' };
    case 'RESOURCE_EXHAUSTION':
      return { message: 'the YAML is nested too deeply to be read' };
    case 'MULTIPLE_DOCS':
      return {
        message: 'a suite file holds one YAML document, and another begins here',
        hint: 'move it to a file of its own',
      };
    case 'TAG_RESOLVE_FAILED':
      return {
        message: `YAML tags are not supported: ${quoteText(text.slice(...error.pos))}`,
        hint: 'remove the tag',
      };
    case 'BAD_DQ_ESCAPE':
      return {
        message: `bad YAML: ${raw}`,
        hint: 'in single quotes a backslash stands for itself',
      };
    case 'BAD_SCALAR_START':
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { message: `bad YAML: ${raw}`, hint: 'put the text in quotes' };
    default:
      return { message: `bad YAML: ${raw}` };
  }
}

function placeNode(node: Node, yaml: YamlText) {
  const [start, end] = node.range ?? [0, 0];
  return placeSpan(yaml, { start, end });
}

/** Aliases that lead nowhere, into themselves, or to more values than memory holds. */
function findAliasMistakes(document: Document, yaml: YamlText): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  const report = (node: Alias, message: string) => {
    mistakes.push({ ...placeNode(node, yaml), message });
  };
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Value(_key, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias(_key, node) {
      const target = anchors.get(node.source);
      const offset = node.range?.[0] ?? 0;
      const name = quoteText(`*${node.source}`);
      if (target === undefined) {
        report(node, `the alias ${name} has no anchor before it`);
      } else if ((target.range?.[0] ?? 0) <= offset && offset < (target.range?.[1] ?? 0)) {
        report(node, `the alias ${name} is a part of itself`);
      } else {
        targets.set(node, target);
      }
    },
  });
  const [firstAlias] = targets.keys();
  if (mistakes.length > 0 || firstAlias === undefined) return mistakes;
  if (countValues(document.contents, targets, new Map()) > MOST_VALUES) {
    report(firstAlias, 'the aliases of this file stand for more than a million values');
  }
  return mistakes;
}

/** How many values a node stands for with its aliases written out; each node is counted once. */
function countValues(
  node: unknown,
  targets: ReadonlyMap<Alias, Node>,
  known: Map<unknown, number>,
): number {
  const counted = known.get(node);
  if (counted !== undefined) return counted;
  let count = 1;
  if (isAlias(node)) count = countValues(targets.get(node), targets, known);
  else if (isPair(node)) count = countValues(node.value, targets, known);
  else if (isCollection(node)) {
    for (const item of node.items) count += countValues(item, targets, known);
  }
  known.set(node, count);
  return count;
}

/** Keys that are lists or mappings: plain data has no place for them. */
function findKeyMistakes(document: Document, yaml: YamlText): Diagnostic[] {
  const mistakes: Diagnostic[] = [];
  visit(document, {
    Pair(_key, pair) {
      if (!isNodeWithRange(pair.key) || isText(pair.key)) return;
      mistakes.push({ ...placeNode(pair.key, yaml), message: 'a key must be text' });
    },
  });
  return mistakes;
}

/** A scalar can be a set of bytes, too (`!!binary`). */
function isText(key: Node): boolean {
  return isScalar(key) && (typeof key.value !== 'object' || key.value === null);
}

function isNodeWithRange(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}
