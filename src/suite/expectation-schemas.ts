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
  variableName,
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
  permissions: filledText('type and permissions such as -rw-r--r--')
    .optional()
    .describe('Type and permissions as Go writes them: -rw-r--r--, dtrwxrwxrwx, Lrwxrwxrwx.'),
  uid: wholeNumber('a user id', 0, 4_294_967_294).optional().describe('User id of the owner.'),
  gid: wholeNumber('a group id', 0, 4_294_967_294).optional().describe('Group id of the owner.'),
  executableBy: oneOf(['owner', 'group', 'other', 'any'])
    .optional()
    .describe('Who may execute it, by its permission bits.'),
  content: textExpectation.optional().describe('Expectation on the content of the file.'),
});

const valueExpectation = z.union([z.literal(false), plainText(), textExpectation], {
  error: () => 'must be a text, an expectation on text, or false for one that must not be set',
});

const declared = z.boolean({ error: () => 'must be true or false' });

const configExpectation = strictMapping('an expectation on the config', {
  env: z
    .record(variableName(), valueExpectation, { error: () => 'must be a mapping from names' })
    .optional()
    .describe('Environment variables: their value, an expectation on it, or false = not set.'),
  labels: z
    .record(filledText('the name of a label'), valueExpectation, {
      error: () => 'must be a mapping from names',
    })
    .optional()
    .describe('Labels: their value, an expectation on it, or false = not set.'),
  entrypoint: list(plainText()).optional().describe('The whole Entrypoint; [] is none.'),
  cmd: list(plainText()).optional().describe('The whole Cmd; [] is none.'),
  workdir: plainText().optional().describe('Working directory, as the image writes it.'),
  user: plainText().optional().describe('User, as the image writes it.'),
  ports: z
    .record(filledText('a port'), declared, { error: () => 'must be a mapping from ports' })
    .optional()
    .describe('Ports, 8080 or 8080/tcp: whether they are exposed.'),
  volumes: z
    .record(filledText('a path'), declared, { error: () => 'must be a mapping from paths' })
    .optional()
    .describe('Paths: whether they are volumes.'),
});

const expectationShape = {
  exit: wholeNumber('an exit code', 0, 255).optional().describe('Exit code.'),
  signal: signalName().optional().describe('Signal that ends the subject, instead of exit.'),
  stdout: textExpectation.optional().describe('Expectation on standard output.'),
  stderr: textExpectation.optional().describe('Expectation on standard error.'),
  files: filledList(fileExpectation, 'file', 'write [{path: /out/x, exists: true}]')
    .optional()
    .describe('Expectations on single files after the case, or in the image that it inspects.'),
  config: configExpectation
    .optional()
    .describe('What the image says about itself, with inspect: config.'),
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
  /^(?:exit|stdout|stderr|files|responses)(?::.+)?$/s.test(text)
    ? undefined
    : {
        message: `must be a place such as stdout or files:/out/x, not ${quoteText(text)}`,
        hint: `begin with one of ${COMPARE_ASPECTS.join(', ')}`,
      },
).meta({ pattern: '^(exit|stdout|stderr|files|responses)(:.+)?$' });

/** One declared divergence. */
const knownDivergence = strictMapping('a known divergence', {
  cause: oneOf(CAUSES).describe('Why the lanes differ.'),
  at: knownPlace
    .optional()
    .describe(
      'Where it shows: exit, stdout, stderr, files:/path or responses:REQUEST (default: anywhere).',
    ),
  until: calendarDay().optional().describe('Last day on which it is accepted, YYYY-MM-DD.'),
  reason: filledText('the reason in words').describe('Why this is accepted, for people.'),
});

/** `known:` of a case: one or a list. */
export const knownDivergences = z.union([knownDivergence, filledList(knownDivergence, 'entry')], {
  error: () => 'must be a known divergence (a mapping) or a list of them',
});
