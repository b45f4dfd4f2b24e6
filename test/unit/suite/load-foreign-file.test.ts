import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArchParityError, type Suite } from '../../../src/core/index.ts';
import {
  loadSuiteFile,
  recogniseForeign,
  type LoadSuiteOptions,
} from '../../../src/suite/index.ts';
import { parseProject } from '../../../src/suite/project-file.ts';

let directory = '';

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'parity-foreign-'));
});

afterAll(() => rmSync(directory, { recursive: true }));

function write(name: string, content: string): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

const IMAGE: LoadSuiteOptions = { subject: { kind: 'image', reference: 'oci:/x' } };

const CST = `schemaVersion: 2.0.0
commandTests:
  - {name: machine, command: uname, args: [-m], expectedOutput: [x86_64]}
  - {name: user, command: id, expectedOutput: [root]}
fileExistenceTests:
  - {name: shell, path: /bin/sh, shouldExist: true}
`;
const GOSS = 'file:\n  /bin/sh: {exists: true}\ncommand:\n  uname: {exit-status: 0}\n';

async function errorOf(file: string, options: LoadSuiteOptions): Promise<ArchParityError> {
  try {
    await loadSuiteFile(file, options);
  } catch (thrown) {
    if (thrown instanceof ArchParityError) return thrown;
    throw thrown;
  }
  throw new Error('it was read');
}

/** The suite of a file that a project lays something over. */
async function layered(text: string, project: string): Promise<Suite> {
  const file = write('layered.yaml', text);
  const place = path.join(directory, 'archparity.yaml');
  const { overrides } = parseProject(`overrides:\n  layered.yaml:\n${project}`, place);
  return loadSuiteFile(file, {
    ...IMAGE,
    findLayers: (wanted) => Promise.resolve(overrides.get(wanted)),
  });
}

async function mistakesOf(text: string, project: string): Promise<string[]> {
  try {
    await layered(text, project);
  } catch (thrown) {
    if (!(thrown instanceof ArchParityError)) throw thrown;
    const { code, exitCode, message } = thrown;
    const count =
      thrown.diagnostics.length === 1 ? 'a mistake' : `${thrown.diagnostics.length} mistakes`;
    expect({ code, exitCode }).toEqual({ code: 'PROJECT_INVALID', exitCode: 2 });
    expect(message).toBe(`The project file ${directory}/archparity.yaml has ${count}.`);
    return thrown.diagnostics.map(
      ({ position: { line, column }, message: words, hint }) =>
        `${line}:${column}: ${words}${hint === undefined ? '' : ` (${hint})`}`,
    );
  }
  throw new Error('it was read');
}

describe('a file of another tool', () => {
  it('is read as what it is', async () => {
    const structure = await loadSuiteFile(write('a.b.yaml', CST), IMAGE);
    expect(structure).toMatchObject({ format: 'container-structure-test', name: 'a.b', lanes: [] });
    expect(structure.cases.map(({ id }) => id)).toEqual(['a.b/machine', 'a.b/user', 'a.b/shell']);
    expect(structure.cases.every(({ variants }) => variants === undefined)).toBe(true);
    const goss = await loadSuiteFile(write('g.yml', GOSS), IMAGE);
    expect(goss).toMatchObject({ format: 'goss', name: 'g' });
    const named = await loadSuiteFile(
      write(
        'a.json',
        JSON.stringify({ schemaVersion: '2.0.0', commandTests: [{ name: 'c', command: 'id' }] }),
      ),
      { ...IMAGE, name: 'other' },
    );
    expect(named).toMatchObject({ format: 'container-structure-test', name: 'other' });
  });

  it('asks for an image', async () => {
    const file = write('needs.yaml', CST);
    const without = [{}, { subject: { kind: 'binary', paths: {} } }] as const;
    for (const options of without) {
      const { advice, code, message } = await errorOf(file, options);
      expect({ advice, code, message }).toEqual({
        advice: 'Name the image that it is for: --image REFERENCE',
        code: 'IMAGE_MISSING',
        message: `${file} is a file of another tool and names no image.`,
      });
    }
  });

  it.each([
    [CST, 'container-structure-test'],
    ['{"schemaVersion": "1.0.0", "metadataTest": {}}', 'container-structure-test'],
    // Manifests of images have a number there.
    ['{"schemaVersion": 2, "manifests": []}', undefined],
    ['schemaVersion: [', undefined],
    ['commandTests: [{name: c}]', undefined],
    [GOSS, 'goss'],
    ['version: 1\nname: s\ncases: []\n', undefined],
    ['version: 1\nname: "schemaVersion: "\ncases: []\n', undefined],
  ])('is told by its text: %j', (text, format) => {
    expect(recogniseForeign(text, 'x.yaml')).toBe(format);
  });
});

describe('what a project lays over it', () => {
  it('is for a platform, or for cases by name, or for all', async () => {
    const { cases } = await layered(
      CST,
      `    linux/arm64:
      commandTests: [{name: machine, expectedOutput: [aarch64]}]
    cases:
      machine: {known: {cause: architecture, at: stdout, reason: it prints the machine}}
      '*': {retries: 2}
`,
    );
    const [machine, user, shell] = cases;
    expect(machine?.known).toMatchObject([{ cause: 'architecture', at: 'stdout' }]);
    expect([machine, user, shell].map((one) => one?.retries)).toEqual([2, 2, 2]);
    expect([user, shell].map((one) => one?.known)).toEqual([[], []]);
    expect(Object.keys(machine?.variants ?? {})).toEqual(['linux/arm64']);
    const words = [machine, user].map((one) => JSON.stringify(one?.variants).includes('aarch64'));
    expect(words).toEqual([true, false]);
  });

  it('may be nothing for cases', async () => {
    const { cases } = await layered(
      CST,
      '    linux/arm64:\n      commandTests: [{name: machine, expectedOutput: [aarch64]}]\n',
    );
    expect(cases.map(({ name, retries }) => [name, retries])).toEqual([
      ['machine', 0],
      ['user', 0],
      ['shell', 0],
    ]);
  });

  it.each([
    [
      '    linux/vax: {}\n',
      [
        '3:5: unknown platform "linux/vax" in an override (write a platform such as linux/arm64, or cases)',
      ],
    ],
    ['    cases: [machine]\n', ['3:12: "cases" must be a mapping, not a list']],
    [
      '    cases: {machin: {retries: 1}}\n',
      ['3:13: the file has no test "machin" (did you mean "machine"?)'],
    ],
    [
      '    cases: {something-else: {retries: 1}}\n',
      ['3:13: the file has no test "something-else" (archparity test --list prints the names)'],
    ],
    ["    cases: {'*': {retries: many}}\n", ['3:28: ']],
    ['    cases: {user: {retris: 1}, shell: {network: all}}\n', ['3:20: ', '3:49: ']],
    ['    linux/arm64: {commandTests: 5}\n    linux/vax: {}\n', ['3:33: ', '4:5: ']],
  ])('is refused: %j', async (project, mistakes) => {
    const found = await mistakesOf(CST, project);
    expect(found).toHaveLength(mistakes.length);
    found.forEach((words, index) => {
      const wanted = mistakes[index] ?? '';
      expect(wanted.endsWith(': ') ? words.slice(0, wanted.length) : words).toBe(wanted);
    });
  });
});
