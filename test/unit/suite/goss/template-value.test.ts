import { expect, it } from 'vitest';
import {
  isTemplateList,
  isTemplateMapping,
  isTrue,
  printValue,
  type TemplateValue,
} from '../../../../src/suite/goss/template/template-value.ts';

it.each<readonly [TemplateValue, boolean, string, string]>([
  ['', false, 'scalar', ''],
  ['a', true, 'scalar', 'a'],
  [0, false, 'scalar', '0'],
  [-1.5, true, 'scalar', '-1.5'],
  [false, false, 'scalar', 'false'],
  [true, true, 'scalar', 'true'],
  [null, false, 'scalar', '<no value>'],
  [undefined, false, 'scalar', '<no value>'],
  [[], false, 'list', '[]'],
  [[0, 'a', null], true, 'list', '[0 a <no value>]'],
  [{}, false, 'mapping', 'map[]'],
  [{ c: 1, a: [], b: { x: 'y' } }, true, 'mapping', 'map[a:[] b:map[x:y] c:1]'],
])('%j is %s, a %s, and printed as %j', (value, truth, kind, printed) => {
  expect(isTrue(value)).toBe(truth);
  expect([isTemplateList(value), isTemplateMapping(value)]).toEqual([
    kind === 'list',
    kind === 'mapping',
  ]);
  expect(printValue(value)).toBe(printed);
});
