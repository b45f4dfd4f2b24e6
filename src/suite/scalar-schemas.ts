import * as z from 'zod';
import { findNearest, findPlatform, PLATFORMS } from '../core/index.ts';
import { findByteSizeProblem, parseByteSize } from './byte-size.ts';
import { findDurationProblem } from './duration.ts';
import { type Problem, quoteText } from './mistake.ts';
import { findRegularExpressionProblem } from './regular-expression.ts';
import { findSignalProblem, SIGNAL_NAMES } from './signal-names.ts';

// A message of these schemas may have a second line: the hint. Zod carries nothing but one text.
// A message that begins with "must be" gets ", not WHAT IS THERE" when the type is wrong.

function issueText(problem: Problem): string {
  return problem.hint === undefined ? problem.message : `${problem.message}\n${problem.hint}`;
}

function pickHint(problem: Problem | undefined): { hint?: string } {
  return problem?.hint === undefined ? {} : { hint: problem.hint };
}

/** A mapping that refuses other keys; the issue's second line lists the valid ones. */
export function strictMapping<Shape extends z.core.$ZodShape>(what: string, shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `${what}\n${Object.keys(shape).join(',')}`
        : what === 'the suite'
          ? 'must be a mapping'
          : `must be ${what} (a mapping)`,
  });
}

/** A text with a rule of its own. `expected` completes "must be". */
export function textWithRule(expected: string, findProblem: (text: string) => Problem | undefined) {
  return z
    .string({
      error: ({ input }) =>
        // What is wrong with the same number in quotes is the better hint: it lacks a unit.
        issueText({
          message: `must be ${expected}`,
          ...(typeof input === 'number' ? pickHint(findProblem(String(input))) : {}),
        }),
    })
    .superRefine((text, context) => {
      // execve and file names end at the first NUL, so the subject would see less than was written.
      const problem = text.includes('\0')
        ? { message: `cannot contain a NUL character: ${quoteText(text)}` }
        : findProblem(text);
      if (problem !== undefined) {
        context.addIssue({ code: 'custom', message: issueText(problem), input: text });
      }
    });
}

/** Any text that a program can be given. */
export function plainText() {
  return textWithRule('text', () => undefined);
}

/** Text that is not empty. */
export function filledText(expected = 'text') {
  return textWithRule(expected, (text) =>
    text.trim() === '' ? { message: 'cannot be empty' } : undefined,
  ).meta({ minLength: 1 });
}

/** A pattern of paths with the wildcards that there are. */
export function glob() {
  return textWithRule('a glob', (text) => {
    if (text.trim() === '') return { message: 'cannot be empty' };
    const other = /[[\]{}]/.exec(text)?.[0];
    if (other === undefined) return undefined;
    return {
      message: `uses ${quoteText(other)}, but a glob has *, ? and ** only: ${quoteText(text)}`,
      hint: 'write ? for such a character, or several globs',
    };
  }).meta({ minLength: 1 });
}

/** A list with at least one item; `item` completes "needs at least one". */
export function filledList<Item extends z.ZodType>(item: Item, itemName: string, hint?: string) {
  return z
    .array(item, {
      error: () => (hint === undefined ? 'must be a list' : `must be a list\n${hint}`),
    })
    .min(1, { error: () => `needs at least one ${itemName}` });
}

/** A list that may be empty. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: () => 'must be a list' });
}

/** A whole number within bounds. */
export function wholeNumber(expected: string, lowest: number, highest: number) {
  const error = () => `must be ${expected} from ${lowest} to ${highest}`;
  return z.int({ error }).min(lowest, { error }).max(highest, { error });
}

/** One of some words. */
export function oneOf<const Words extends readonly string[]>(words: Words) {
  return z.enum(words, { error: () => `must be one of ${words.join(', ')}` });
}

/** A duration with its unit. */
export function duration() {
  return textWithRule('a duration such as 10s', findDurationProblem).meta({
    pattern: String.raw`^\d+(\.\d+)?(ms|s|m|h)$`,
    examples: ['500ms', '10s', '2m', '1h'],
  });
}

/** A size in bytes with its unit. */
export function byteSize() {
  return textWithRule('a size such as 256M', findByteSizeProblem).meta({
    pattern: String.raw`^\d+[BKMGT]$`,
    examples: ['64K', '256M', '1G'],
  });
}

/** What may be kept of an output stream: an attempt is one line of the record and of reports, and a text. */
const MOST_OUTPUT = 64 * 1024 ** 2;

/** A size of output that is kept, at most 64M. */
export function outputSize() {
  return textWithRule('a size such as 1M', (text) => {
    const bytes = parseByteSize(text);
    return bytes !== undefined && bytes > MOST_OUTPUT
      ? {
          message: `must be at most 64M, not ${quoteText(text)}`,
          hint: 'have the case write more to a file, and compare that: compare: [files]',
        }
      : findByteSizeProblem(text);
  }).meta({ pattern: String.raw`^\d+[BKMG]$`, examples: ['64K', '1M', '64M'] });
}

/** A regular expression in RE2's syntax, unanchored. */
export function regularExpression() {
  return textWithRule('a regular expression', findRegularExpressionProblem);
}

/** The symbolic name of a signal. */
export function signalName() {
  return textWithRule('a signal such as SIGSEGV', findSignalProblem).meta({
    enum: [...SIGNAL_NAMES],
  });
}

const PLATFORM_SPELLINGS: readonly string[] = PLATFORMS.flatMap((facts) => [
  facts.platform,
  ...facts.aliases,
]);

/** A platform in any spelling that core knows. */
export function platformName() {
  return textWithRule('a platform such as linux/arm64', (text) => {
    if (findPlatform(text) !== undefined) return undefined;
    const meant = findNearest(text, PLATFORM_SPELLINGS);
    return {
      message: `is an unknown platform: ${quoteText(text)}`,
      hint:
        meant === undefined
          ? `the platforms are ${PLATFORMS.map((facts) => facts.platform).join(', ')}`
          : `did you mean ${quoteText(findPlatform(meant) ?? meant)}?`,
    };
  }).meta({ examples: PLATFORMS.map((facts) => facts.platform) });
}

/** The name of an environment variable. */
export function variableName() {
  return textWithRule('the name of an environment variable', (text) =>
    text === '' || text.includes('=')
      ? { message: `is no name of an environment variable: ${quoteText(text)}` }
      : undefined,
  );
}

/** The name of a suite or case: it becomes a part of an id that people type and files are named by. */
export function idName(what: string) {
  return textWithRule(`the name of ${what}`, (text) => {
    if (text.trim() === '') return { message: 'cannot be empty' };
    if (text.includes('/')) {
      return {
        message: `cannot contain "/", which separates suite and case in an id: ${quoteText(text)}`,
        hint: `write ${quoteText(text.replaceAll('/', '-'))}`,
      };
    }
    if (/\p{Cc}/u.test(text)) {
      return { message: `cannot contain line breaks or control characters: ${quoteText(text)}` };
    }
    if (text !== text.trim()) {
      return {
        message: `cannot begin or end with a space: ${quoteText(text)}`,
        hint: `write ${quoteText(text.trim())}`,
      };
    }
    return undefined;
  }).meta({ pattern: '^[^/]+$' });
}

/** A tag: a word that needs no quotes in a filter. */
export function tagName() {
  return textWithRule('a tag', (text) =>
    /^[\p{L}\p{N}][\p{L}\p{N}._:@+-]*$/u.test(text)
      ? undefined
      : {
          message: `is no tag: ${quoteText(text)}`,
          hint: 'a tag is letters, digits and any of . _ : @ + - without spaces',
        },
  );
}

/** An absolute path in the subject's file system. */
export function subjectPath() {
  return textWithRule('an absolute path', (text) =>
    text.startsWith('/')
      ? undefined
      : {
          message: `must be an absolute path in the subject, not ${quoteText(text)}`,
          hint: text === '' ? 'write /' : `write ${quoteText(`/${text.replace(/^\.?\/+/, '')}`)}`,
        },
  ).meta({ pattern: '^/' });
}

/** A day of the calendar. */
export function calendarDay() {
  return textWithRule('a day such as 2027-06-30', (text) => {
    const day = new Date(`${text}T00:00:00Z`);
    const written = /^\d{4}-\d{2}-\d{2}$/.test(text);
    if (written && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)) {
      return undefined;
    }
    return {
      message: `must be a day such as 2027-06-30, not ${quoteText(text)}`,
      hint: written ? 'the calendar has no such day' : 'write year-month-day',
    };
  }).meta({ format: 'date' });
}
