import { describe, expect, it } from 'vitest';
import {
  isGossfile,
  readStructureTest,
  recogniseForeign,
} from '../../../src/suite/recognise-foreign.ts';

const RESOURCES = [
  ...['command', 'file', 'package', 'user', 'group', 'mount', 'kernel-param', 'matching'],
  ...['process', 'port', 'http', 'addr', 'dns', 'interface', 'service', 'gossfile'],
];

describe('a file of goss', () => {
  it.each(RESOURCES)('has the resource %s', (key) => {
    for (const text of [
      `${key}:`,
      `"${key}": {}`,
      `'${key}' : {}`,
      `# c\n{{ range .Vars.x }}\n${key} \t: {}\n`,
      `{"${key}": {}}`,
      `\n \t{\n  "${key}" : {}}`,
    ])
      expect(isGossfile(text), text).toBe(true);
    for (const text of [key, `x${key}:`, `${key}x:`, ` ${key}:`, `{"${key}x":1}`, `[{"${key}":1}]`])
      expect(isGossfile(text), text).toBe(false);
  });

  it.each([
    ['"file\': {}', false],
    ['\'file": {}', false],
    ['"file: {}', false],
    ['file": {}', false],
    ["{'file': {}}", false],
    ['{file: {}}', false],
    ['x{"file": {}}', false],
    ['{"a": 1, "file": {}}', false],
    ['{x"file": {}}', false],
    ['{"file"x: {}}', false],
    ['file x: {}', false],
    ['a:\n  file: {}', false],
    ['', false],
    // A suite of ours and a configuration of container-structure-test say what they are.
    ['version: 1\nfile: {}', false],
    ['file: {}\nversion: 1', false],
    ['file: {}\n"version" : 1', false],
    ["file: {}\n'cases':", false],
    ['file: {}\ncases \t: []', false],
    ['file: {}\nschemaVersion: 2.0.0', false],
    // These are other keys, or the same ones further in.
    ['file: {}\n version: 1', true],
    ['file: {version: 1}', true],
    ['package:\n  x:\n    version: 1', true],
    ['file: {}\nversions: 1', true],
    ['file: {}\nxversion: 1', true],
    ['file: {}\n~version: 1', true],
    ['file: {}\nversion-: 1', true],
    ['file: {}\nversion', true],
    ['file: {}\nSchemaVersion: 1', true],
    ['{"file": {}, "version": 1}', true],
  ])('is %j: %s', (text, isGoss) => {
    expect(isGossfile(text)).toBe(isGoss);
    if (isGoss) expect(recogniseForeign(text, 'x.yaml')).toBe('goss');
  });
});

const read = (text: string): unknown => readStructureTest(text, 'x.yaml')?.value;

describe('a file of container-structure-test', () => {
  it.each([
    'schemaVersion',
    'commandTests',
    'fileExistenceTests',
    'fileContentTests',
    'metadataTest',
    'licenseTests',
  ])('has %s, in any case and notation', (key) => {
    for (const [text, name] of [
      [`${key}: x`, key],
      [`# c\na: 1\n'${key}' : x`, key],
      [`{"a": 1, "${key}":"x"}`, key],
      [`{"${key}"  : x}`, key],
      [`"${key.toUpperCase()}": x`, key.toUpperCase()],
      [`${key.toLowerCase()}: x`, key.toLowerCase()],
    ] as const)
      expect(read(text), text).toMatchObject({ [name]: 'x' });
  });

  it.each([
    ['of another tool', 'a: 1'],
    ['with such a key further in', 'a: {commandTests: []}'],
    ['that is a list', '- commandTests: []'],
    ['with such a key in a comment', '# commandTests: []'],
    ['that is a text', '"commandTests: []"'],
    ['with a version', 'version: 1\ncommandTests: []'],
    ['with another key', 'myCommandTests: []'],
    ['with a longer key', 'commandTestsX: []'],
    ['without a value', 'commandTests'],
    ['that is no YAML', 'commandTests: ['],
    ['with a key twice', 'commandTests: []\ncommandTests: []'],
  ])('is none %s', (_what, text) => {
    expect(read(text)).toBeUndefined();
    expect(recogniseForeign(text, 'x.yaml')).toBeUndefined();
  });

  it('may merge mappings', () => {
    const text = 'base: &base {schemaVersion: 2.0.0}\n<<: *base\nmetadataTest: {}\n';
    expect(read(text)).toEqual({
      base: { schemaVersion: '2.0.0' },
      schemaVersion: '2.0.0',
      metadataTest: {},
    });
    expect(recogniseForeign(text, 'x.yaml')).toBe('container-structure-test');
  });

  it.each([
    ['schemaVersion: 2.0.0', 'container-structure-test'],
    ['schemaVersion: "2"', 'container-structure-test'],
    ['schemaVersion: 2', undefined],
    ['schemaVersion: null', undefined],
    ['metadataTest: {}', undefined],
    ['version: 1\nschemaVersion: 2.0.0', undefined],
  ])('is named by the version of its schema, a text: %j', (text, format) => {
    expect(recogniseForeign(text, 'x.yaml')).toBe(format);
  });
});
