import { isAlias, isMap, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import { renderCodeFrame, type TextSpan } from './code-frame.ts';
import { quoteText, type SuitePath } from './mistake.ts';
import type { SourcePlace, SuiteSource } from './suite-source.ts';

/** A parsed YAML text and what finds places in it. */
export interface YamlText {
  readonly file: string;
  readonly text: string;
  readonly lineCounter: LineCounter;
  readonly lines: readonly string[];
}

/** The place of a span of the text, with its frame. */
export function placeSpan(yaml: YamlText, span: TextSpan): SourcePlace {
  const { line, col } = yaml.lineCounter.linePos(Math.min(span.start, yaml.text.length));
  const column = Math.max(1, col);
  const start = column - 1;
  const frame = renderCodeFrame(yaml.lines, Math.max(1, line), {
    start,
    end: start + Math.max(1, span.end - span.start),
  });
  return { position: { file: yaml.file, line: Math.max(1, line), column }, frame };
}

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value;
}

/** The nodes at a path; of the nearest parent when the path leads nowhere. */
function findNodes(document: Document, path: SuitePath): Found {
  let found: Found = { key: undefined, value: document.contents ?? undefined };
  for (const step of path) {
    const parent = isAlias(found.value) ? found.value.resolve(document) : found.value;
    const next = findChild(parent, step);
    if (next === undefined) return found;
    found = next;
  }
  return found;
}

function findChild(parent: unknown, step: string | number): Found | undefined {
  if (isSeq(parent)) {
    const item = parent.items[Number(step)];
    return isNode(item) ? { key: undefined, value: item } : undefined;
  }
  if (!isMap(parent)) return undefined;
  for (const pair of parent.items) {
    if (!isScalar(pair.key) || String(pair.key.value) !== String(step)) continue;
    return { key: pair.key, value: isNode(pair.value) ? pair.value : undefined };
  }
  return undefined;
}

function spanOf(node: Node): TextSpan {
  const [start, end] = node.range ?? [0, 0];
  return { start, end };
}

/** The source of a suite that is written in YAML. */
export function createYamlSource(document: Document, yaml: YamlText): SuiteSource {
  return {
    locate(path, at) {
      const { key, value } = findNodes(document, path);
      const empty = value === undefined || spanOf(value).start === spanOf(value).end;
      // Nothing can be underlined in a value that is not there: its key stands for it.
      const node = (at === 'key' || empty) && key !== undefined ? key : value;
      return placeSpan(yaml, node === undefined ? { start: 0, end: 1 } : spanOf(node));
    },
    label: labelPath,
    refer(path) {
      const { key, value } = findNodes(document, path);
      const node = key ?? value;
      if (node === undefined) return 'above';
      return `in line ${yaml.lineCounter.linePos(spanOf(node).start).line}`;
    },
    describeAt(path) {
      const { value } = findNodes(document, path);
      if (!isScalar(value) || typeof value.value !== 'number') return undefined;
      return value.source;
    },
  };
}

/** The last key with the indexes behind it: `"run[1]"` is short and the frame shows the rest. */
function labelPath(path: SuitePath): string {
  let label = '';
  for (const step of path) label = typeof step === 'number' ? `${label}[${step}]` : step;
  // A key may be empty, too.
  return path.length === 0 ? '' : quoteText(label);
}
