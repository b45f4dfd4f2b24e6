import { isMap, parseDocument, type YAMLMap } from 'yaml';
import { describe, expect, it } from 'vitest';
import type { KnownDivergence } from '../../../src/core/index.ts';
import { planKnownEdits } from '../../../src/suite/plan-known-edits.ts';
import { applyTextEdits } from '../../../src/suite/text-edits.ts';

const NEW: KnownDivergence = { cause: 'emulator', reason: 'n' };
const N = '{cause: emulator, reason: n}';
const E = '{cause: undecided, reason: e}';
const F = '{cause: undecided, reason: f}';

/** The mapping of the first case of a text. */
function caseOf(text: string): YAMLMap {
  const document = parseDocument(text, { version: '1.2', schema: 'core' });
  const node: unknown = document.getIn(['cases', 0], true);
  if (!isMap(node)) throw new Error('no case');
  return node;
}

function edit(text: string, added: number, removed: readonly number[]): string | undefined {
  const more = Array.from({ length: added }, () => NEW);
  const edits = planKnownEdits(text, caseOf(text), { added: more, removed });
  return edits.length === 0 ? undefined : applyTextEdits(text, edits);
}

const none = undefined;

// Lines of the suite, how many entries are added, which ones go, and what the lines are then.
const EDITS: readonly (readonly [string, number, readonly number[], string | undefined])[] = [
  // A new key.
  ['- name: c\n', 0, [], none],
  ['- name: c\n', 0, [0], none],
  ['- name: c\n', 1, [], `- name: c\n  known: ${N}\n`],
  ['- name: c', 1, [], `- name: c\n  known: ${N}`],
  ['- name: c', 1, [0], `- name: c\n  known: ${N}`],
  ['- name: c\n', 2, [], `- name: c\n  known:\n    - ${N}\n    - ${N}\n`],
  [
    '  -   name: c # x\n\n  - name: d\n',
    1,
    [],
    `  -   name: c # x\n      known: ${N}\n\n  - name: d\n`,
  ],
  ['-\n  name: c\n  x:\n', 1, [], `-\n  name: c\n  x:\n  known: ${N}\n`],
  [
    '- name: c\n  run: |\n    a\n\nz: 1\n',
    1,
    [],
    `- name: c\n  run: |\n    a\n  known: ${N}\n\nz: 1\n`,
  ],
  ['- {name: c}\n', 1, [], `- {name: c, known: ${N}}\n`],
  ['- {name: c, tags: [x] , }\n', 2, [], `- {name: c, tags: [x], known: [${N}, ${N}] , }\n`],
  ['- {name: c, x}\n', 1, [], `- {name: c, x, known: ${N}}\n`],
  ['- {}\n', 1, [], none],
  ['- name: c\r\n  x: y\r\n', 1, [], `- name: c\r\n  x: y\r\n  known: ${N}\r\n`],
  [
    '- name: c\r\n  x: y\r\n',
    2,
    [],
    `- name: c\r\n  x: y\r\n  known:\r\n    - ${N}\r\n    - ${N}\r\n`,
  ],
  // A key that is there.
  ['- known:\n  name: c\n', 1, [], `- known: ${N}\n  name: c\n`],
  ['- known:\n  name: c\n', 2, [], `- known: [${N}, ${N}]\n  name: c\n`],
  ['- known: null\n', 1, [], none],
  ['- known: text\n', 1, [], none],
  ['- known: &k\n', 1, [], `- known: &k ${N}\n`],
  ['- known: []\n', 2, [], `- known: [${N}, ${N}]\n`],
  [`- known: [${E}]\n`, 2, [], `- known: [${E}, ${N}, ${N}]\n`],
  [`- known: [ ${E} , ]\n`, 1, [], `- known: [ ${E}, ${N} , ]\n`],
  [`- known: ${E} # x\n`, 1, [], `- known: [${E}, ${N}] # x\n`],
  [`- known: ${E}\n`, 2, [], `- known: [${E}, ${N}, ${N}]\n`],
  [`- known:\n  - ${E} # x\n  y: 1\n`, 1, [], `- known:\n  - ${E} # x\n  - ${N}\n  y: 1\n`],
  [`- known:\n    - ${E}\n`, 2, [], `- known:\n    - ${E}\n    - ${N}\n    - ${N}\n`],
  [`- known:\n    - ${E}`, 1, [], `- known:\n    - ${E}\n    - ${N}`],
  [`- known:\r\n    - ${E}\r\n`, 1, [], `- known:\r\n    - ${E}\r\n    - ${N}\r\n`],
  [
    '- known:\n    cause: undecided\n\n    reason: >\n      e\n  y: 1\n',
    2,
    [],
    `- known:\n    - cause: undecided\n\n      reason: >\n        e\n    - ${N}\n    - ${N}\n  y: 1\n`,
  ],
  [
    '- known:\r\n    cause: undecided\r\n\r\n    reason: e',
    1,
    [],
    `- known:\r\n    - cause: undecided\r\n\r\n      reason: e\r\n    - ${N}`,
  ],
  // Entries go.
  [`- name: c\n  known: ${E}\n  y: 1\n`, 0, [0], '- name: c\n  y: 1\n'],
  [`- name: c\n  known: ${E}`, 0, [0], '- name: c'],
  [`- name: c\n  known: [${E}] # x\n`, 0, [0], '- name: c\n'],
  [`- name: c\n  known:\n    - ${E}\n    - ${F}\n  y: 1\n`, 0, [0, 1], '- name: c\n  y: 1\n'],
  [`- name: c\r\n  known: ${E}\r\n  y: 1\r\n`, 0, [0], '- name: c\r\n  y: 1\r\n'],
  [`- known: ${E}\n  name: c\n`, 0, [0], none],
  [`- {name: c, known: ${E}}\n`, 0, [0], none],
  [`-   name: c\n    known: ${E}\n`, 0, [1], `-   name: c\n    known: ${E}\n`],
  [`- name: c\n  known:   [${E}, ${F}] # x\n`, 0, [0], `- name: c\n  known: ${F} # x\n`],
  [
    `- name: c\n  known: [${E}, ${F}, ${E}]\n`,
    0,
    [0],
    `- name: c\n  known:\n    - ${F}\n    - ${E}\n`,
  ],
  [
    `- known :\n  - ${E}\n  - ${F}\n  y: 1\n`,
    1,
    [1],
    `- known :\n    - ${E}\n    - ${N}\n  y: 1\n`,
  ],
  [
    `- name: c\r\n  known:\r\n  - ${E}\r\n  - ${F}\r\n`,
    1,
    [0],
    `- name: c\r\n  known:\r\n    - ${F}\r\n    - ${N}\r\n`,
  ],
  [`- {name: c, known: [${E}, ${F}], y: 1}\n`, 1, [0], `- {name: c, known: [${F}, ${N}], y: 1}\n`],
  [`- {name: c, known: [${E}, ${F}]}\n`, 0, [1], `- {name: c, known: ${E}}\n`],
  [`- 'known': ${E}\n  y: 1\n`, 1, [0], `- 'known': ${N}\n  y: 1\n`],
  [
    '- known:\n    cause: undecided\n    reason: e # x\n  y: 1\n',
    1,
    [0],
    `- known: ${N}\n  y: 1\n`,
  ],
  ['- known: text\n', 1, [0], `- known: ${N}\n`],
  ['- x: {known: []}\n  [known]: 1\n', 1, [], `- x: {known: []}\n  [known]: 1\n  known: ${N}\n`],
];

describe('planKnownEdits', () => {
  it.each(EDITS)('edits %j: %d more, without %j', (lines, added, removed, expected) => {
    const head = lines.includes('\r') ? 'version: 1\r\ncases:\r\n' : 'version: 1\ncases:\n';
    expect(edit(`${head}${lines}`, added, removed)).toBe(
      expected === undefined ? undefined : `${head}${expected}`,
    );
  });

  it('writes all that an entry says', () => {
    const known: KnownDivergence = {
      cause: 'architecture',
      at: 'files:/a b',
      until: '2027-06-30',
      reason: 'a, "b": {c}',
    };
    const text = 'cases:\n- name: c\n';
    const edits = planKnownEdits(text, caseOf(text), { added: [known], removed: [] });
    expect(edits).toEqual([
      {
        offset: text.length - 1,
        length: 0,
        insert:
          '\n  known: {cause: architecture, at: files:/a b, until: 2027-06-30, reason: \'a, "b": {c}\'}',
      },
    ]);
  });
});

describe('applyTextEdits', () => {
  it.each([
    ['abc', [], 'abc'],
    ['abc', [[1, 1, 'x']], 'axc'],
    [
      'abc',
      [
        [3, 0, 'x'],
        [0, 0, 'y'],
      ],
      'yabcx',
    ],
    [
      'abc',
      [
        [1, 0, 'x'],
        [1, 0, 'y'],
        [0, 1, ''],
      ],
      'xybc',
    ],
    ['abc', [[0, 3, '']], ''],
    ['', [[0, 0, 'x']], 'x'],
  ] as [string, [number, number, string][], string][])(
    'makes of %j with %j %j',
    (text, edits, after) => {
      const given = edits.map(([offset, length, insert]) => ({ offset, length, insert }));
      const before = structuredClone(given);
      expect(applyTextEdits(text, given)).toBe(after);
      expect(given).toEqual(before);
    },
  );
});
