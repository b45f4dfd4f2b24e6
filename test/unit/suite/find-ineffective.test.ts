import { describe, expect, it } from 'vitest';
import { listMistakes, suiteWithCase, SUITE_HEAD } from './list-mistakes.ts';

const BINARY = 'version: 1\nname: s\nsubject: {binary: {linux/amd64: /bin/true}}\n';

describe('findIneffective', () => {
  it.each<readonly [string, string, readonly string[]]>([
    [
      'globs of files that are not compared',
      suiteWithCase("files: ['/out/**']"),
      [
        '6:5 "files" has no effect: "compare" does not have files (write compare: [exit, stdout, files], or remove it)',
      ],
    ],
    [
      'a divergence that nobody looks for',
      suiteWithCase('compare: [exit]\nknown: [{cause: undecided, at: "stdout:line 3", reason: r}]'),
      ['7:36 "at" names stdout, which is not compared (add stdout to "compare")'],
    ],
    [
      'a divergence of what the defaults do not compare',
      `${SUITE_HEAD}defaults: {compare: [exit]}\ncases: [{name: a, known: {cause: undecided, at: stdout, reason: r}}]`,
      ['5:49 "at" names stdout, which is not compared (add stdout to "compare")'],
    ],
    [
      'a divergence of files, which nobody compares unless asked',
      suiteWithCase('known: {cause: undecided, at: "files:/x", reason: r}'),
      ['6:35 "at" names files, which is not compared (add files to "compare")'],
    ],
    [
      'one lane that is none',
      suiteWithCase('when: {lane: nativ}'),
      ['6:18 unknown lane "nativ" in a condition (did you mean "native"?)'],
    ],
    [
      'lanes that are none',
      suiteWithCase('when: {lane: [native, emulatd]}'),
      ['6:27 unknown lane "emulatd" in a condition (did you mean "emulated"?)'],
    ],
    [
      'a user for a binary, in a case and in the defaults',
      `${BINARY}defaults: {user: a}\ncases: [{name: a, user: b}]`,
      [
        '4:12 "user" needs an image, but the subject of this suite is a binary, which runs as you (remove it, or write subject: {image: REFERENCE})',
        '5:19 "user" needs an image, but the subject of this suite is a binary, which runs as you (remove it, or write subject: {image: REFERENCE})',
      ],
    ],
  ])('finds %s', (_title, text, mistakes) => {
    expect(listMistakes(text)).toEqual(mistakes);
  });

  it.each([
    [
      'files that are compared by default',
      `${SUITE_HEAD}defaults: {compare: [files]}\ncases: [{name: a, files: [x], nme: x}]`,
    ],
    [
      'a divergence anywhere',
      suiteWithCase('compare: []\nknown: {cause: undecided, reason: r}\nnme: x'),
    ],
    [
      'what a case compares itself',
      `${SUITE_HEAD}defaults: {compare: [exit]}\ncases: [{name: a, compare: [files], files: [x], nme: x}]`,
    ],
    [
      'a divergence of what is compared by default',
      suiteWithCase('known: {cause: undecided, at: "stdout:line 3", reason: r}\nnme: x'),
    ],
    ['lanes that there are', suiteWithCase('when: {lane: [native, emulated]}\nnme: x')],
    ['a user of an image', suiteWithCase('user: a\nnme: x')],
    ['a lane of the command line', suiteWithCase('when: {lane: [q10, vm, board]}\nnme: x')],
  ])('leaves %s alone', (_title, text) => {
    // A typing slip beside it proves that the suite was looked at.
    expect(listMistakes(text)).toEqual([expect.stringContaining('unknown key "nme"')]);
  });

  it('allows a user where an image replaces the binary', () => {
    const options = { subject: { kind: 'image', reference: 'oci:x' } } as const;
    const text = `${BINARY}cases: [{name: a, user: b, nme: x}]`;
    expect(listMistakes(text, '/s.yaml', options)).toEqual([
      expect.stringContaining('unknown key "nme"'),
    ]);
  });
});

describe('other words that are not what they seem', () => {
  it.each([
    [
      "compare: [files]\nfiles: ['/[ab]']",
      /"files\[0\]" uses "\[", but a glob has \*, \? and \*\* only/,
    ],
    ["env: {'': x}", /^6:11 "" is no name of an environment variable/],
    ['known: {cause: arch, reason: r}', /did you mean "architecture"\?/],
  ])('%j is explained', (keys, message) => {
    expect(listMistakes(suiteWithCase(keys)).join('\n')).toMatch(message);
  });
});
