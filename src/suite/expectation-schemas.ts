import * as z from 'zod';
import { BUILTIN_NORMALISERS, CAUSES, COMPARE_ASPECTS } from './case-words.ts';
import { quoteText } from './mistake.ts';
import {
  calendarDay,
  filledList,
  filledText,
  list,
  oneOf,
  plainText,
  platformName,
  regularExpression,
  signalName,
  strictMapping,
  textWithRule,
  wholeNumber,
} from './scalar-schemas.ts';

/** An expectation on text as a suite writes it. Exactly one of the keys is there. */
export type TextExpectationDocument =
  | {
      readonly contains?: string | undefined;
      readonly equals?: string | undefined;
      readonly matches?: string | undefined;
      readonly not?: TextExpectationDocument | undefined;
    }
  | readonly TextExpectationDocument[];

/** {@link TextExpectationDocument} as a schema. */
export const textExpectation: z.ZodType<TextExpectationDocument> = z.lazy(() =>
  z.union([textMatcher, list(textExpectation)], {
    error: (issue) =>
      typeof issue.input === 'string'
        ? `must be an expectation on text\nwrite {equals: ${quoteText(issue.input)}} or {contains: ${quoteText(issue.input)}}`
        : 'must be an expectation on text (a mapping) or a list of them',
  }),
);

const textMatcher = strictMapping('an expectation on text', {
  contains: filledText().optional().describe('The text occurs somewhere.'),
  equals: plainText().optional().describe('The whole text, final line break included.'),
  matches: regularExpression().optional().describe('RE2 regular expression, unanchored.'),
  not: textExpectation.optional().describe('This expectation is not met.'),
})
  .superRefine((matcher, context) => {
    const count = Object.keys(matcher).length;
    if (count === 1) return;
    const keys = Object.keys(matcher).join(' and ');
    context.addIssue({
      code: 'custom',
      message:
        count === 0
          ? 'says nothing\nwrite one of contains, equals, matches and not'
          : `can have one of contains, equals, matches and not, but has ${keys}\nwrite a list: [${Object.keys(
              matcher,
            )
              .map((key) => `{${key}: …}`)
              .join(', ')}]`,
    });
  })
  .meta({ minProperties: 1, maxProperties: 1 });

const fileMode = textWithRule('an octal mode in quotes such as "0644"', (text) =>
  /^0?[0-7]{3,4}$/.test(text)
    ? undefined
    : {
        message: `must be an octal mode in quotes such as "0644", not ${quoteText(text)}`,
        hint: 'three or four digits from 0 to 7',
      },
).meta({ pattern: '^0?[0-7]{3,4}$' });

const fileExpectation = strictMapping('an expectation on a file', {
  path: filledText('the path of a file').describe('Path in the subject, as the report names it.'),
  exists: z
    .boolean({ error: () => 'must be true or false' })
    .optional()
    .describe('Whether the file is there after the case (default: true).'),
  type: oneOf(['file', 'directory', 'symlink']).optional().describe('What the path is.'),
  mode: fileMode.optional().describe('Permission bits in octal, in quotes: "0644".'),
  content: textExpectation.optional().describe('Expectation on the content of the file.'),
});

const expectationShape = {
  exit: wholeNumber('an exit code', 0, 255).optional().describe('Exit code.'),
  signal: signalName().optional().describe('Signal that ends the subject, instead of exit.'),
  stdout: textExpectation.optional().describe('Expectation on standard output.'),
  stderr: textExpectation.optional().describe('Expectation on standard error.'),
  files: filledList(fileExpectation, 'file', 'write [{path: /out/x, exists: true}]')
    .optional()
    .describe('Expectations on single files after the case.'),
};

const platformExpectation = strictMapping('an expectation', expectationShape);

/** `expect:` of a case. */
export const expectation = strictMapping('an expectation', {
  ...expectationShape,
  platform: z
    .record(platformName(), platformExpectation, {
      error: () => 'must be a mapping from platforms to expectations',
    })
    .optional()
    .describe('Expectations that replace those above on one platform.'),
});

/** `compare:` of a case. */
export const compareAspects = list(oneOf(COMPARE_ASPECTS));

const replacement = strictMapping('a normaliser', {
  replace: regularExpression().describe('RE2 regular expression; every match is replaced.'),
  with: plainText().describe('What replaces it; $1 is the first group.'),
});

/** `normalize:` of a case. */
export const normalisers = list(
  z.union([oneOf(BUILTIN_NORMALISERS), replacement], {
    error: () =>
      `must be one of ${BUILTIN_NORMALISERS.join(', ')} or {replace: …, with: …}\n${BUILTIN_NORMALISERS.join(',')}`,
  }),
);

const knownPlace = textWithRule('a place such as stdout or files:/out/x', (text) =>
  /^(?:exit|stdout|stderr|files)(?::.+)?$/s.test(text)
    ? undefined
    : {
        message: `must be a place such as stdout or files:/out/x, not ${quoteText(text)}`,
        hint: `begin with one of ${COMPARE_ASPECTS.join(', ')}`,
      },
).meta({ pattern: '^(exit|stdout|stderr|files)(:.+)?$' });

/** One declared divergence. */
const knownDivergence = strictMapping('a known divergence', {
  cause: oneOf(CAUSES).describe('Why the lanes differ.'),
  at: knownPlace
    .optional()
    .describe('Where it shows: exit, stdout, stderr or files:/path (default: anywhere).'),
  until: calendarDay().optional().describe('Last day on which it is accepted, YYYY-MM-DD.'),
  reason: filledText('the reason in words').describe('Why this is accepted, for people.'),
});

/** `known:` of a case: one or a list. */
export const knownDivergences = z.union([knownDivergence, filledList(knownDivergence, 'entry')], {
  error: () => 'must be a known divergence (a mapping) or a list of them',
});
