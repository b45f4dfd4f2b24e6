import type { Diagnostic, SourcePosition } from '../core/index.ts';
import { type Mistake, quoteText, type SuitePath } from './mistake.ts';

/** A place in a file, ready for a diagnostic. */
export interface SourcePlace {
  readonly position: SourcePosition;
  readonly frame?: string;
}

/** Where the parts of a suite are written: YAML knows lines, a module only the path in its object. */
export interface SuiteSource {
  /** The place of a key or value; of the nearest parent when the path leads nowhere. */
  locate(path: SuitePath, at: Mistake['at']): SourcePlace;
  /** Names a place in a message, e.g. `"timeout"`; empty for the whole suite. */
  label(path: SuitePath): string;
  /** Refers to another place in a hint, e.g. `line 12`. */
  refer(path: SuitePath): string;
  /** A scalar as it is written, when that differs from its value (`0644`). */
  describeAt(path: SuitePath): string | undefined;
}

/** Names a place by all its keys: `cases[0].env.LANG`. */
function formatSuitePath(path: SuitePath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const plain = /^[A-Za-z_$][\w$]*$/.test(step) ? step : undefined;
      if (plain === undefined) return `[${quoteText(step)}]`;
      return index === 0 ? plain : `.${plain}`;
    })
    .join('');
}

/** Gives each mistake its place and sorts them as they stand in the file. */
export function diagnose(mistakes: readonly Mistake[], source: SuiteSource): Diagnostic[] {
  const diagnostics = mistakes.map((mistake) => diagnoseOne(mistake, source));
  const seen = new Set<string>();
  return diagnostics
    .filter(({ position, message }) => {
      const identity = `${position.line}:${position.column}:${message}`;
      if (seen.has(identity)) return false;
      seen.add(identity);
      return true;
    })
    .sort(
      (left, right) =>
        left.position.line - right.position.line || left.position.column - right.position.column,
    );
}

function diagnoseOne(mistake: Mistake, source: SuiteSource): Diagnostic {
  const { position, frame } = source.locate(mistake.path, mistake.at);
  const label = source.label(mistake.path);
  const hint =
    mistake.seeAlso === undefined
      ? mistake.hint
      : [mistake.hint, `the other is ${source.refer(mistake.seeAlso)}`]
          .filter((part) => part !== undefined)
          .join('; ');
  // A message that names its subject itself ("unknown key …", "\"name\" is missing") needs no label.
  const complete = /^(?:unknown |"|the |an )/.test(mistake.message);
  return {
    position,
    message: describePlace(mistake.message, label, complete),
    ...(hint === undefined ? {} : { hint }),
    ...(frame === undefined ? {} : { frame }),
  };
}

function describePlace(message: string, label: string, complete: boolean): string {
  if (label === '') return complete ? message : `the suite ${message}`;
  // A module's label is the path, which is all the reader has to find the place by.
  if (label.endsWith(':')) return `${label} ${message}`;
  return complete ? message : `${label} ${message}`;
}

/** The source of a suite that a module exports as an object: no lines are known. */
export function createModuleSource(file: string): SuiteSource {
  const position: SourcePosition = { file, line: 1, column: 1 };
  return {
    locate: () => ({ position }),
    label: (path) => (path.length === 0 ? '' : `${formatSuitePath(path)}:`),
    refer: formatSuitePath,
    describeAt: () => undefined,
  };
}
