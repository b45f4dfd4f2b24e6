import { expect, test } from 'vitest';
import { decodeText } from '../../../../src/judge/compare/decode-captured.ts';
import { capture } from '../judge-data.ts';

const EURO = Buffer.from('a€');

test.each([
  ['text', capture('a€'), 'a€'],
  ['text with a byte order mark', capture('\uFEFFa'), '\uFEFFa'],
  ['a character cut by truncation', capture(EURO.subarray(0, 3), 4), 'a'],
  ['a character cut without truncation', capture(EURO.subarray(0, 3)), undefined],
  ['binary', capture(Buffer.from([0xff, 0xfe, 0x41, 0x41, 0x41, 0x41]), 100), undefined],
])('%s', (_name, captured, text) => {
  expect(decodeText(captured)).toBe(text);
});
