import { isMap, isNode, isSeq, LineCounter, parseAllDocuments, type Document } from 'yaml';
import {
  ArchParityError,
  errorMessage,
  ExitCode,
  type Diagnostic,
  type SourcePosition,
} from '../../core/index.ts';

/** One YAML document of a file. */
export interface YamlDocument {
  readonly value: unknown;
  /** The place of what a path of keys and indexes leads to, or of the nearest parent. */
  readonly locate: (path: readonly (string | number)[]) => SourcePosition;
}

/**
 * Reads all documents of a YAML file, JSON too. Merge keys (`<<`) are read, since compose files use them.
 * @throws ArchParityError `DEPLOYMENT_INVALID` (exit 2)
 */
export function readDocuments(text: string, file: string): YamlDocument[] {
  const lineCounter = new LineCounter();
  const place = (offset: number): SourcePosition => {
    const { line, col } = lineCounter.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const parsed = parseAllDocuments(text, {
    lineCounter,
    prettyErrors: false,
    merge: true,
    // A manifest of one key that is written twice is read by Kubernetes all the same.
    uniqueKeys: false,
    logLevel: 'silent',
  });
  // The parser gives an empty list with properties of its own for a text without any document.
  const documents: readonly Document[] = Array.isArray(parsed) ? [...parsed] : [];
  const errors = documents.flatMap(({ errors: found }) => found);
  if (errors.length > 0) {
    throw invalid(
      file,
      errors.map(({ message, pos }) => ({
        position: place(pos[0]),
        message: `bad YAML: ${message.split('\n')[0] ?? ''}`,
      })),
      undefined,
    );
  }
  return documents.map((document) => {
    try {
      return {
        value: document.toJS() as unknown,
        locate: (path) => place(offsetOf(document, path)),
      };
    } catch (cause) {
      // Aliases that lead nowhere, or to more than a hundred copies.
      const position = place(document.range?.[0] ?? 0);
      throw invalid(file, [{ position, message: `bad YAML: ${errorMessage(cause)}` }], cause);
    }
  });
}

function offsetOf(document: Document, path: readonly (string | number)[]): number {
  let offset = document.range?.[0] ?? 0;
  let here: unknown = document.contents;
  for (const step of path) {
    if (!isMap(here) && !isSeq(here)) break;
    here = here.get(step, true);
    if (!isNode(here)) break;
    offset = here.range?.[0] ?? offset;
  }
  return offset;
}

function invalid(
  file: string,
  diagnostics: readonly Diagnostic[],
  cause: unknown,
): ArchParityError {
  return new ArchParityError({
    code: 'DEPLOYMENT_INVALID',
    message: `${file} is not YAML.`,
    advice:
      'A template (Helm, Kustomize) must be rendered first: helm template …, kubectl kustomize …',
    exitCode: ExitCode.usage,
    diagnostics: diagnostics.slice(0, 5),
    cause,
  });
}
