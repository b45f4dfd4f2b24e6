import { isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { isMapping } from './mistake.ts';
import { splitCases, type CasesPiece } from './split-cases.ts';

/** How every suite is read: YAML 1.2, core schema, no merge keys. */
export const YAML_OPTIONS = {
  prettyErrors: false,
  version: '1.2',
  schema: 'core',
  merge: false,
} as const;

/** Line and column from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** A suite's data, and where its cases begin. */
export interface LargeYaml {
  readonly value: unknown;
  /** By index of the case. */
  readonly casePlaces: readonly Place[];
}

/**
 * Reads a suite piece by piece: the nodes of a document take a hundred times the room of its text, and
 * only those of one piece exist at a time.
 * @returns `undefined` when it cannot be read so, or has a mistake: then it must be read as a whole
 */
export function readLargeYaml(text: string): LargeYaml | undefined {
  const split = splitCases(text);
  if (split === undefined) return undefined;
  const rest = readDocument(split.rest, new LineCounter())?.toJS() as unknown;
  if (!isMapping(rest) || rest['cases'] !== null) return undefined;
  const cases: unknown[] = [];
  const casePlaces: Place[] = [];
  for (const piece of split.pieces) {
    const read = readPiece(piece);
    if (read === undefined) return undefined;
    for (const item of read.cases) cases.push(item);
    for (const place of read.casePlaces) casePlaces.push(place);
  }
  return { value: { ...rest, cases }, casePlaces };
}

function readPiece(
  piece: CasesPiece,
): { readonly cases: readonly unknown[]; readonly casePlaces: readonly Place[] } | undefined {
  const lineCounter = new LineCounter();
  const document = readDocument(piece.text, lineCounter);
  if (document === undefined || !isSeq(document.contents)) return undefined;
  const casePlaces = document.contents.items.map((item) => {
    const { line, col } = lineCounter.linePos(isNode(item) ? (item.range?.[0] ?? 0) : 0);
    return { line: piece.line + line - 1, column: col };
  });
  return { cases: document.toJS() as unknown[], casePlaces };
}

/** A document without any mistake, and without aliases, which may lead to another piece. */
function readDocument(text: string, lineCounter: LineCounter): Document | undefined {
  const document = parseDocument(text, { ...YAML_OPTIONS, lineCounter });
  if (document.errors.length > 0 || document.warnings.length > 0) return undefined;
  const stumbling: unknown[] = [];
  visit(document, {
    Alias(_key, alias) {
      stumbling.push(alias);
      return visit.BREAK;
    },
    Pair(_key, pair) {
      // A key that is a list or a mapping has a message of its own.
      if (isNode(pair.key) && !isScalar(pair.key)) stumbling.push(pair);
    },
  });
  return stumbling.length === 0 ? document : undefined;
}
