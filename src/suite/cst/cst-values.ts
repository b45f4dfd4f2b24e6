import * as z from 'zod';
import { findRegularExpressionProblem } from '../regular-expression.ts';

// What container-structure-test's YAML reader (gopkg.in/yaml.v2) makes of a value: any scalar is text where text is
// wanted, nothing is the zero value, and YAML 1.1's words are truths.

/** Any scalar as text; nothing is an empty one. */
export const text = z
  .union([z.string(), z.number(), z.boolean(), z.null()], { error: () => 'must be text' })
  .transform((value) => (value === null ? '' : String(value)));

const TRUE_WORDS = ['y', 'yes', 'on', 'true'];
const FALSE_WORDS = ['n', 'no', 'off', 'false'];

/** true or false, also by the words of YAML 1.1. */
export const truth = z
  .union([z.boolean(), z.string()], { error: () => 'must be true or false' })
  .transform((value, context) => {
    if (typeof value === 'boolean') return value;
    const word = value.toLowerCase();
    if (TRUE_WORDS.includes(word)) return true;
    if (FALSE_WORDS.includes(word)) return false;
    context.addIssue({ code: 'custom', message: 'must be true or false', input: value });
    return z.NEVER;
  });

export const wholeNumber = z.int({ error: () => 'must be a whole number' });

/** A list that may be nothing. */
export function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item, { error: () => 'must be a list' })
    .nullable()
    .transform((items) => items ?? []);
}

export const texts = list(text);

/** A regular expression of Go, which is RE2. */
const pattern = text.superRefine((value, context) => {
  const problem = findRegularExpressionProblem(value);
  if (problem === undefined) return;
  const { message, hint } = problem;
  context.addIssue({
    code: 'custom',
    message: hint === undefined ? message : `${message}\n${hint}`,
    input: value,
  });
});

export const patterns = list(pattern);

const STEP_HINT = 'write each command as a list of its own: [[mkdir, -p, /out]]';

/** Commands, each a list of words. */
export const steps = list(
  z
    .array(text, { error: () => `must be a command (a list of words)\n${STEP_HINT}` })
    .min(1, { error: () => `needs at least one word: the program\n${STEP_HINT}` }),
);
