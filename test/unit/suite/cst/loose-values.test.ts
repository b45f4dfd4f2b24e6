import { expect, it } from 'vitest';
import { createModuleSource } from '../../../../src/suite/suite-source.ts';
import { keepWrittenNumbers } from '../../../../src/suite/cst/loose-values.ts';
import { readYaml } from '../../../../src/suite/read-yaml.ts';

function readLoosely(text: string): unknown {
  const reading = readYaml(text, '/x.yaml');
  if ('diagnostics' in reading) throw new TypeError('the YAML of the test is wrong');
  return keepWrittenNumbers(reading.value, reading.source);
}

it.each([
  ['0644', '0644'],
  ['12', 12],
  ['1.10', '1.10'],
  ['1.5', 1.5],
  ['+5', '+5'],
  ['0x1F', '0x1F'],
  ['-1', -1],
  ['1e3', '1e3'],
  ['"0644"', '0644'],
  ['true', true],
  ['null', null],
  ['[0644, 12, a, [1.0]]', ['0644', 12, 'a', ['1.0']]],
  ['{a: 010, b: 10, c: {d: [1.0]}}', { a: '010', b: 10, c: { d: ['1.0'] } }],
  ['[]', []],
  ['{}', {}],
])('reads %s as %j', (written, value) => {
  expect(readLoosely(written)).toEqual(value);
});

it('looks below a place', () => {
  const reading = readYaml('a: {b: [1.0, 010]}', '/x.yaml');
  if ('diagnostics' in reading) throw new TypeError('the YAML of the test is wrong');
  expect(keepWrittenNumbers([1, 8], reading.source, ['a', 'b'])).toEqual(['1.0', '010']);
});

it('keeps numbers of which no writing is known', () => {
  const source = createModuleSource('/x.ts');
  expect(keepWrittenNumbers({ a: [1, 1.5] }, source)).toEqual({ a: [1, 1.5] });
});
