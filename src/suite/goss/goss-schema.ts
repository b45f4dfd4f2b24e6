import * as z from 'zod';
import type { FactValue } from '../../core/index.ts';
import { findMatcherMistake } from './matcher-mistakes.ts';
import { RESOURCES } from './resources.ts';

/** Any value as YAML has it. */
const anyValue: z.ZodType<FactValue> = z.lazy(() =>
  z.union(
    [
      z.string(),
      z.number(),
      z.boolean(),
      z.null(),
      z.array(anyValue),
      z.record(z.string(), anyValue),
    ],
    { error: () => 'must be a value or a matcher' },
  ),
);

const matcher = anyValue.superRefine((value, context) => {
  const problem = findMatcherMistake(value);
  if (problem === undefined) return;
  context.addIssue({
    code: 'custom',
    path: [...problem.path],
    message: problem.hint === undefined ? problem.message : `${problem.message}\n${problem.hint}`,
  });
});

const booleanSetting = z
  .boolean({ error: () => 'must be true or false' })
  .nullable()
  .optional();

const SETTINGS: Readonly<Record<string, z.ZodType>> = {
  title: z
    .string({ error: () => 'must be text' })
    .nullable()
    .optional(),
  meta: z.unknown().optional(),
  skip: booleanSetting,
  timeout: z
    .number({ error: () => 'must be a number of milliseconds' })
    .nullable()
    .optional(),
  content: anyValue.optional(),
  usage: anyValue.optional(),
  'as-reader': booleanSetting,
  'allow-insecure': booleanSetting,
  'no-follow-redirects': booleanSetting,
  'request-headers': z
    .array(z.string({ error: () => 'must be text' }), { error: () => 'must be a list of headers' })
    .nullable()
    .optional(),
};

/** One resource as it is written; with `isPart`, some of it. */
export function resourceSchema(kind: string, { isPart = false } = {}) {
  const words = RESOURCES[kind];
  if (words === undefined) throw new TypeError(`goss has no ${kind}`);
  const shape = Object.fromEntries([
    ...words.matched.map((name) => [
      name,
      words.required.includes(name) && !isPart ? matcher : matcher.optional(),
    ]),
    ...words.settings.map((name) => [
      name,
      SETTINGS[name] ??
        z
          .string({ error: () => 'must be text' })
          .nullable()
          .optional(),
    ]),
  ]) as Record<string, z.ZodType>;
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `a ${kind} of goss\n${Object.keys(shape).join(',')}`
        : `must be a ${kind} of goss (a mapping)`,
  });
}
