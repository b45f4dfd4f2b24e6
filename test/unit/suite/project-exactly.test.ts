import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchParityError } from '../../../src/core/index.ts';
import {
  generateProjectSchema,
  loadProject,
  parseProject,
  PROJECT_FILE,
} from '../../../src/suite/project-file.ts';
import { catchError } from './list-mistakes.ts';

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parity-project-'));
  mkdirSync(path.join(directory, 'a/b'), { recursive: true });
  mkdirSync(path.join(directory, 'bad', PROJECT_FILE), { recursive: true });
  mkdirSync(path.join(directory, 'wrong'));
  writeFileSync(path.join(directory, 'a', PROJECT_FILE), 'lanes: {pi: "ssh:pi"}\n');
  writeFileSync(path.join(directory, 'wrong', PROJECT_FILE), 'lane: {}\n');
  writeFileSync(path.join(directory, 'cst.yaml'), '');
});

afterAll(() => rmSync(directory, { recursive: true }));

const place = () => path.join(directory, PROJECT_FILE);

function mistakesOf(text: string): string[] {
  const error = catchError(() => parseProject(text, place()));
  expect(error).toMatchObject({ code: 'PROJECT_INVALID', exitCode: 2 });
  expect(error.advice).toBe(
    'Correct the places named; "archparity schema project" prints the format.',
  );
  return error.diagnostics.map(
    ({ position: { line, column }, message, hint }) =>
      `${line}:${column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

const kind = (name: string) => [`1:9 "${name}" is a kind of lane, not a name for one: "${name}"`];
const noName = (name: string) => {
  const quoted = JSON.stringify(name);
  const hint = 'use letters, digits, dots, dashes and underscores';
  return [`1:9 ${quoted} cannot be the name of a lane: ${quoted} (${hint})`];
};
const asLane = 'must be a lane such as ssh:user@host, or a list of these';
const noValue = '(write a value or remove the key)';

describe('parseProject', () => {
  it.each([
    ...['native', 'emulated', 'vm', 'ssh'].map((name) => [`lanes: {${name}: x}`, kind(name)]),
    ...['a b', '', 'ä', 'a:b', ' a', 'a/', '\n'].map((name) => [
      `lanes: {${JSON.stringify(name)}: x}`,
      noName(name),
    ]),
    ['lanes: {a: ""}', ['1:12 "a" cannot be empty']],
    ['lanes: {a: []}', ['1:12 "a" needs at least one lane']],
    ['lanes: {a: [x, " "]}', ['1:16 "a[1]" cannot be empty']],
    ['lanes: {a: {}}', [`1:12 "a" ${asLane}, not a mapping`]],
    [
      'lanes: {a: [5]}',
      ['1:13 "a[0]" must be a lane such as ssh:user@host, not 5 (write it in quotes: "5")'],
    ],
    ['lanes:', [`1:1 "lanes" has no value; it must be a mapping from names to lanes ${noValue}`]],
    ['version: 2', ['1:10 "version" must be 1, not 2']],
    ['version: "1"', ['1:10 "version" must be 1, not "1"']],
    ['[]', ['1:1 the project file must be a mapping']],
    ['x', ['1:1 the project file must be a mapping']],
    ['0', ['1:1 the project file must be a mapping']],
    ['a: '.concat('['.repeat(100), ']'.repeat(100)), ['1:1 the project file must be a mapping']],
    [
      'a: '.concat('['.repeat(99), ']'.repeat(99)),
      [
        '1:1 unknown key "a" in the project file (the keys here are version, lanes, overrides, quarantine)',
      ],
    ],
    [
      'overrides: []',
      [
        '1:12 "overrides" must be a mapping from test files to what is otherwise in them, not an empty list',
      ],
    ],
    ['overrides: {"": {}}', ['1:13 "" cannot be empty']],
    [
      'overrides: {cst.yaml: 5}',
      [
        '1:23 "cst.yaml" must be a mapping from platforms (or cases) to what is otherwise there, not 5',
      ],
    ],
    ['overrides: {cst.yaml: {arm64: x}}', ['1:31 "arm64" must be a mapping, not "x"']],
    [
      'a: [',
      [
        '1:5 bad YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
  ] as [string, string[]][])('refuses %j', (text, expected) => {
    expect(mistakesOf(text)).toEqual(expected);
  });

  it('names each file that does not exist', () => {
    expect(mistakesOf('overrides:\n  cst.yaml: {}\n  x.yaml: {}\n  ../y/z.yaml: {}\n')).toEqual([
      `3:3 "x.yaml" names a file that does not exist (it was looked for at ${directory}/x.yaml)`,
      `4:3 "../y/z.yaml" names a file that does not exist (it was looked for at ${path.dirname(directory)}/y/z.yaml)`,
    ]);
  });

  it('reads what is laid over files, by their absolute path', () => {
    const text = 'version: 1\noverrides:\n  ./a/../cst.yaml: {arm64: {x: 1}}\n';
    const { file, lanes, overrides } = parseProject(text, place());
    expect([file, lanes.size]).toEqual([place(), 0]);
    expect([...overrides.keys()]).toEqual([path.join(directory, 'cst.yaml')]);
    const layers = overrides.get(path.join(directory, 'cst.yaml'));
    expect(layers).toMatchObject({
      file: place(),
      path: ['overrides', './a/../cst.yaml'],
      value: { arm64: { x: 1 } },
    });
    expect(layers?.source.locate(layers.path, 'key').position).toEqual({
      file: place(),
      line: 3,
      column: 3,
    });
  });

  it.each(['a', 'Z9', 'a.b_c-d', '-', 'natives', 'my-vm', '0'])('has the lane %s', (name) => {
    const { lanes } = parseProject(`lanes: {'${name}': [x]}`, place());
    expect([...lanes]).toEqual([
      [
        name,
        {
          name,
          specs: ['x'],
          isPool: true,
          position: { file: place(), line: 1, column: 13 + name.length },
        },
      ],
    ]);
  });
});

describe('loadProject', () => {
  it('finds the file of a directory or of the nearest parent', async () => {
    const at = path.join(directory, 'a', PROJECT_FILE);
    for (const below of ['a', 'a/b', 'a/b/nowhere/c'])
      expect(await loadProject(path.join(directory, below))).toMatchObject({ file: at });
    expect((await loadProject(path.join(directory, 'a')))?.lanes.get('pi')?.specs).toEqual([
      'ssh:pi',
    ]);
  });

  it('finds none up to the root', async () => {
    expect(await loadProject(directory)).toBeUndefined();
    expect(await loadProject('/')).toBeUndefined();
  });

  it('says why it cannot be read, or what is wrong with it', async () => {
    const errorOf = async (name: string) => {
      const thrown: unknown = await loadProject(path.join(directory, name)).catch(
        (error: unknown) => error,
      );
      if (!(thrown instanceof ArchParityError)) throw new Error('it was read');
      return thrown;
    };
    const file = path.join(directory, 'bad', PROJECT_FILE);
    const unreadable = await errorOf('bad');
    expect(unreadable).toMatchObject({
      code: 'PROJECT_UNREADABLE',
      exitCode: 2,
      message: `The project file ${file} cannot be read: EISDIR: illegal operation on a directory, read.`,
      cause: { code: 'EISDIR' },
    });
    expect(await errorOf('wrong')).toMatchObject({
      code: 'PROJECT_INVALID',
      exitCode: 2,
      message: `The project file ${directory}/wrong/archparity.yaml has a mistake.`,
    });
  });
});

describe('generateProjectSchema', () => {
  it('says all for editors', () => {
    const text = { type: 'string', minLength: 1 };
    expect(generateProjectSchema()).toEqual({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'urn:archparity:project:1',
      title: 'archparity project',
      description:
        'Settings of a project: its lanes by name, what it lays over test files, its quarantine.',
      type: 'object',
      properties: {
        version: { type: 'number', const: 1, description: 'Version of the format: 1.' },
        lanes: {
          type: 'object',
          propertyNames: { type: 'string' },
          additionalProperties: { anyOf: [text, { type: 'array', items: text, minItems: 1 }] },
          description: 'Lanes by name, for --lane NAME; a list is a pool of hosts.',
        },
        overrides: {
          type: 'object',
          propertyNames: text,
          additionalProperties: {
            type: 'object',
            propertyNames: { type: 'string' },
            additionalProperties: {
              type: 'object',
              propertyNames: { type: 'string' },
              additionalProperties: {},
            },
          },
          description:
            'For files of container-structure-test and goss, by their path: what is otherwise on a platform, in the words of the file, and settings of cases by their name.',
        },
        quarantine: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              cases: {
                ...text,
                description: 'Which cases, by name, suite and tag: as --filter has it.',
              },
              until: {
                type: 'string',
                format: 'date',
                description: 'Last day on which their failures do not count, YYYY-MM-DD.',
              },
              reason: { ...text, description: 'Why, for people.' },
            },
            required: ['cases', 'until', 'reason'],
            additionalProperties: false,
          },
          description:
            'Cases that run and are reported, but whose failures do not count for a while.',
        },
      },
      additionalProperties: false,
    });
  });
});
