#!/usr/bin/env node
// Writes docs/suite-keys.md from the JSON Schema of suites; see keep-generated.ts.
import { generateSuiteSchema } from '../src/suite/index.ts';
import { keepGenerated } from './keep-generated.ts';

/** What of JSON Schema (draft 7) the schema of suites has. */
interface Schema {
  readonly $ref?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly examples?: readonly string[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

interface Section {
  readonly title: string;
  readonly text?: string;
  readonly schema: Schema;
  /** Keys with a section of their own, or that are as elsewhere: what is below them is left out. */
  readonly closed?: Readonly<Record<string, string>>;
}

const EXPECTATION = '[expectation](#expectations-on-text)';
/** More words than these are counted, not listed. */
const MOST_WORDS = 10;

const INTRODUCTION = `# Keys of suites

All keys that a [suite](suite-format.md) may have, made from the JSON Schema (\`archparity schema\`) by
\`node scripts/generate-suite-keys.ts\`. \`[]\` is each item of a list, \`NAME\` each key of a mapping; **bold** keys must
be there.
`;

const suite = generateSuiteSchema() as Schema;

/** The alternatives of a value, without what wraps them; a reference stays one. */
function alternatives(schema: Schema): readonly Schema[] {
  return schema.allOf?.flatMap(alternatives) ?? schema.anyOf?.flatMap(alternatives) ?? [schema];
}

function definition({ $ref = '' }: Schema): Schema {
  return suite.definitions?.[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {};
}

function isExpectation(schema: Schema): boolean {
  return alternatives(definition(schema)).some(
    ({ properties }) => properties?.['contains'] !== undefined,
  );
}

function describeText({ enum: words, examples, format }: Schema): string {
  if (words !== undefined && words.length > MOST_WORDS)
    return `a name such as \`${words[0] ?? ''}\``;
  if (words !== undefined) return words.map((word) => `\`${word}\``).join(', ');
  if (format !== undefined) return format;
  return examples === undefined ? 'text' : `text such as \`${examples[0] ?? ''}\``;
}

function describeAlternative(schema: Schema): string {
  if (schema.$ref !== undefined) return isExpectation(schema) ? EXPECTATION : 'any value';
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const { minimum, maximum } = schema;
      if (minimum === undefined || maximum === undefined) return 'number';
      return `${minimum} to ${maximum}`;
    }
    case 'boolean':
      return '`true`, `false`';
    case 'array':
      return `list of: ${describeValue(schema.items ?? {})}`;
    case 'object':
      return 'mapping';
    default:
      return describeText(schema);
  }
}

function describeValue(schema: Schema): string {
  return [...new Set(alternatives(schema).map(describeAlternative))].join('; or ');
}

/** What may stand below a value: the keys of mappings, of their values, and of items of lists. */
function below(key: string, schema: Schema): [string, Schema][] {
  const found = new Map<string, Schema>();
  for (const { items, properties, required = [], additionalProperties } of alternatives(schema)) {
    if (properties !== undefined) found.set(`${key}.`, { properties, required });
    if (items !== undefined)
      for (const [name, value] of below(`${key}[]`, items)) found.set(name, value);
    if (typeof additionalProperties === 'object')
      for (const [name, value] of below(`${key}.NAME`, additionalProperties))
        found.set(name, value);
  }
  // A list of mappings where one may stand alone has the same keys twice.
  if (found.has(`${key}.`)) found.delete(`${key}[].`);
  return [...found];
}

function writeRows(
  prefix: string,
  { properties = {}, required = [] }: Schema,
  closed: Readonly<Record<string, string>>,
): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const key = `${prefix}${name}`;
    const shown = required.includes(name) ? `**\`${key}\`**` : `\`${key}\``;
    const note = closed[key];
    const meaning = [schema.description, note].filter((part) => part !== undefined).join(' ');
    const row = `| ${shown} | ${describeValue(schema)} | ${meaning.replaceAll('|', '\\|')} |`;
    if (note !== undefined) return [row];
    return [
      row,
      ...below(key, schema).flatMap(([start, value]) => writeRows(start, value, closed)),
    ];
  });
}

function writeSection({ title, text, schema, closed = {} }: Section): string {
  const table = [
    '| key | value | meaning |',
    '| --- | --- | --- |',
    ...writeRows('', schema, closed),
  ];
  return [`## ${title}`, ...(text === undefined ? [] : [text]), table.join('\n')].join('\n\n');
}

function propertyOf(schema: Schema | undefined, name: string): Schema {
  const found = schema?.properties?.[name];
  if (found === undefined) throw new Error(`the schema has no ${name} any more`);
  return found;
}

const oneCase = propertyOf(suite, 'cases').items ?? {};
const defaults = propertyOf(suite, 'defaults');
const isOwn = ([name]: readonly [string, Schema]): boolean =>
  defaults.properties?.[name] === undefined;
const ownOfCase: Schema = {
  ...oneCase,
  properties: Object.fromEntries(Object.entries(oneCase.properties ?? {}).filter(isOwn)),
};
const textExpectation = alternatives(
  definition(alternatives(propertyOf(propertyOf(oneCase, 'expect'), 'stdout'))[0] ?? {}),
).find(({ properties }) => properties !== undefined);

const sections: readonly Section[] = [
  {
    title: 'The suite',
    schema: suite,
    closed: {
      defaults: '[Its keys](#defaults).',
      cases: '[Their keys](#a-case).',
      bench: '[Their keys](#a-benchmark).',
    },
  },
  { title: 'defaults', schema: defaults },
  {
    title: 'A case',
    text: 'All keys of [defaults](#defaults), and these:',
    schema: ownOfCase,
    closed: {
      expect: '[Its keys](#expect).',
      service: '[Its keys](#service).',
      with: '[Its keys](#with).',
    },
  },
  {
    title: 'expect',
    schema: propertyOf(oneCase, 'expect'),
    closed: { platform: 'By platform; the same keys.' },
  },
  {
    title: 'Expectations on text',
    text: 'One of these keys, or a list of such mappings, all of which must hold.',
    schema: textExpectation ?? {},
  },
  {
    title: 'service',
    text: '[Services](services.md) says more.',
    schema: propertyOf(oneCase, 'service'),
    closed: { 'requests[].expect': 'The keys of [expect](#expect).' },
  },
  {
    title: 'with',
    text: 'For each name of a container:',
    schema: propertyOf(oneCase, 'with').additionalProperties as Schema,
  },
  {
    title: 'A benchmark',
    text: 'For [archparity bench](bench.md).',
    schema: propertyOf(suite, 'bench').items ?? {},
  },
];

await keepGenerated(
  'docs/suite-keys.md',
  [INTRODUCTION, ...sections.map(writeSection)].join('\n\n'),
  {
    parser: 'markdown',
    script: 'scripts/generate-suite-keys.ts',
  },
);
