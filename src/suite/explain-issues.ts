import type * as z from 'zod';
import { findNearest } from '../core/index.ts';
import { quoteText, valueAt, describeValue, isMapping } from './mistake.ts';
import type { Mistake, SuitePath } from './mistake.ts';
import { suggestKey } from './nearest-key.ts';
import type { SuiteSource } from './suite-source.ts';

type Issue = z.core.$ZodIssue;

/** Turns what zod found into mistakes: one for each key or value that is wrong. */
export function explainIssues(
  issues: readonly Issue[],
  root: unknown,
  source: SuiteSource,
): readonly Mistake[] {
  return issues.flatMap((issue) => explainIssue(issue, [], root, source));
}

/** The part of zod's message that is the message, and the part that is the hint. */
function splitMessage(text: string): readonly [string, string | undefined] {
  const [message = '', ...hint] = text.split('\n');
  return [message, hint.length === 0 ? undefined : hint.join('\n')];
}

function toPath(path: readonly PropertyKey[]): SuitePath {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

function explainIssue(
  issue: Issue,
  prefix: SuitePath,
  root: unknown,
  source: SuiteSource,
): readonly Mistake[] {
  const path = [...prefix, ...toPath(issue.path)];
  const value = valueAt(root, path);
  if (issue.code === 'unrecognized_keys') return explainUnknownKeys(issue, path);
  if (isMissing(root, path, value)) return [explainMissing(path, issue.message)];
  // An unknown key was reported; that nothing valid is left beside it follows from that.
  if (issue.message.startsWith('says nothing') && isFilled(value)) return [];
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => toMistake(path, 'key', splitMessage(inner.message)));
  }
  if (issue.code === 'invalid_union') {
    const branch = findMeantBranch(issue.errors);
    if (branch !== undefined) {
      return branch.flatMap((inner) => explainIssue(inner, path, root, source));
    }
  }
  const [message, hint] = splitMessage(issue.message);
  const written = source.describeAt(path) ?? describeValue(value);
  const full =
    !message.startsWith('must be') || message.includes(', not ')
      ? message
      : value === null
        ? `has no value; it ${message}`
        : `${message}, not ${written}`;
  const better =
    issue.code === 'invalid_value' || issue.code === 'invalid_union'
      ? suggestWord(issue, value, hint)
      : issue.code === 'invalid_type'
        ? suggestNotation(issue.expected, value, written, hint)
        : hint;
  return [toMistake(path, 'value', [full, better])];
}

function toMistake(
  path: SuitePath,
  at: Mistake['at'],
  [message, hint]: readonly [string, string | undefined],
): Mistake {
  return { path, at, message, ...(hint === undefined ? {} : { hint }) };
}

function explainUnknownKeys(
  issue: z.core.$ZodIssueUnrecognizedKeys,
  path: SuitePath,
): readonly Mistake[] {
  const [what, valid = ''] = splitMessage(issue.message);
  return issue.keys.map((key) => ({
    path: [...path, key],
    at: 'key',
    message: `unknown key ${quoteText(key)} in ${what}`,
    hint: suggestKey(key, valid.split(',')),
  }));
}

function isFilled(value: unknown): boolean {
  return isMapping(value) && Object.keys(value).length > 0;
}

function isMissing(root: unknown, path: SuitePath, value: unknown): boolean {
  const key = path.at(-1);
  const parent = valueAt(root, path.slice(0, -1));
  return value === undefined && typeof key === 'string' && isMapping(parent);
}

/** What to write when a key is missing, where it is not plain. */
const MISSING_HINTS: Readonly<Record<string, string>> = {
  version: 'write version: 1',
  name: 'write name: and a few words',
  cause: 'write cause: architecture, emulator, environment or undecided',
  reason: 'say in a sentence why this is accepted',
};

function explainMissing(path: SuitePath, issueMessage: string): Mistake {
  const key = String(path.at(-1));
  const hint = MISSING_HINTS[key];
  const what = splitMessage(issueMessage)[0].replace(/^must be /, '');
  return {
    path: path.slice(0, -1),
    at: 'value',
    message: `${quoteText(key)} is missing`,
    hint: hint ?? `it must be ${what}`,
  };
}

/** The branch of a union whose kind of value is there: its mistakes are the ones to show. */
function findMeantBranch(branches: readonly Issue[][]): Issue[] | undefined {
  const meant = branches.filter((branch) =>
    branch.every(
      (issue) =>
        issue.path.length > 0 ||
        (issue.code !== 'invalid_type' &&
          issue.code !== 'invalid_value' &&
          issue.code !== 'invalid_union'),
    ),
  );
  return meant.length === 1 ? meant[0] : undefined;
}

/** For one of several words: the nearest. A union carries its words in the hint. */
function suggestWord(
  issue: z.core.$ZodIssueInvalidValue | z.core.$ZodIssueInvalidUnion,
  value: unknown,
  hint: string | undefined,
): string | undefined {
  const words =
    issue.code === 'invalid_value'
      ? issue.values.filter((word) => typeof word === 'string')
      : hint !== undefined && /^\w+(?:,\w+)+$/.test(hint)
        ? hint.split(',')
        : undefined;
  if (words === undefined) return hint;
  const nearest = typeof value === 'string' ? findNearest(value, words) : undefined;
  if (nearest !== undefined) return `did you mean ${quoteText(nearest)}?`;
  return issue.code === 'invalid_value' ? hint : undefined;
}

/** For a value of the wrong type: how to write it in YAML. */
function suggestNotation(
  expected: string,
  value: unknown,
  written: string,
  hint: string | undefined,
): string | undefined {
  if (hint !== undefined) return hint;
  if (value === null) return 'write a value or remove the key';
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
    return `write it in quotes: "${written}"`;
  }
  if (/^(?:int|number|boolean)$/.test(expected) && typeof value === 'string') {
    const bare = expected === 'boolean' ? /^(?:true|false)$/ : /^\d+$/;
    return bare.test(value) ? `write it without quotes: ${value}` : undefined;
  }
  if (expected === 'array' && typeof value === 'string') {
    return `write it as a list: [${/^[\w./-]+$/.test(value) ? value : written}]`;
  }
  return undefined;
}
