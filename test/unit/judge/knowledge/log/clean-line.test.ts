import { expect, test } from 'vitest';
import { cleanLine } from '../../../../../src/judge/knowledge/log/clean-line.ts';

test.each([
  ['plain', [{ text: 'plain' }]],
  ['#12 3.456 compiling', [{ text: 'compiling', step: '12' }]],
  ['2025-03-04T10:11:12.1234567Z #7 0.1 x', [{ text: 'x', step: '7' }]],
  ['2025-03-04T10:11:12.1234567Z ##[error]failed', [{ text: 'failed' }]],
  ['build\tRun make\t2025-03-04T10:11:12.1234567Z text', [{ text: 'text' }]],
  ['2025-03-04T10:11:12.123456Z 01E text', [{ text: 'text' }]],
  ['\u001b[31mred\u001b[0m', [{ text: 'red' }]],
  ['10%\r50%\rdone', [{ text: '10%' }, { text: '50%' }, { text: 'done' }]],
  ['web-1  | text', [{ text: 'text' }]],
  [' => => # text', [{ text: 'text' }]],
  [String.raw`err="exec: \\\"/app\\\": x"`, [{ text: 'err="exec: "/app": x"' }]],
  ['', []],
])('%j', (raw, expected) => {
  expect(cleanLine(raw)).toEqual(expected);
});
