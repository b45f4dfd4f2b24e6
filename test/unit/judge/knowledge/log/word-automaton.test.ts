import { expect, test } from 'vitest';
import { buildWordAutomaton } from '../../../../../src/judge/knowledge/log/word-automaton.ts';
import { createLineScanner } from '../../../../../src/judge/knowledge/log/scan-lines.ts';

const WORDS = ['he', 'she', 'hers', 'his', 'qemu: x'];

function find(text: string): string[][] {
  const lines: string[][] = [];
  const scanner = createLineScanner(buildWordAutomaton(WORDS), (_line, found) => {
    lines.push([...new Set(found)].map((index) => WORDS[index] ?? '').toSorted());
  });
  scanner.push(Buffer.from(text));
  scanner.end();
  return lines;
}

test.each([
  ['ushers', [['he', 'hers', 'she']]],
  ['UsHeRs', [['he', 'hers', 'she']]],
  ['qqemu: x', [['qemu: x']]],
  ['nothing\nthis\n', [[], ['his']]],
  ['h\ne', [[], []]],
  ['sh\u00e4e', [[]]],
])('%j', (text, expected) => {
  expect(find(text)).toEqual(expected);
});
