import { describe, expect, it } from 'vitest';
import { listMistakes, suiteWithCase } from './list-mistakes.ts';

const BAD_PATHS: readonly (readonly [string, readonly string[]])[] = [
  [
    'version: 1\nname: s\nsubject: {binary: {arm: nope}}\ncases: [{name: a}]',
    [
      '3:25 "arm" names a file that does not exist: "nope" (paths start from the suite\'s directory: /suites/nope)',
    ],
  ],
  [
    'version: 1\nname: s\nsubject: {image: ./app}\ncases: [{name: a}]',
    [
      '3:18 "image" is a path, not an image reference: "./app" (write binary: {linux/arm64: ./app} for an ELF file, oci:./app or dir:./app for an image)',
    ],
  ],
  [
    'version: 1\nname: s\nsubject: {image: "oci:"}\ncases: [{name: a}]',
    ['3:18 "image" names no image: "oci:" (write oci:PATH)'],
  ],
  [
    suiteWithCase('stdin: x\nstdinFile: .'),
    [
      '7:5 "stdinFile" cannot be there together with "stdin" (remove one of them; the other is in line 6)',
      '7:16 "stdinFile" names a file that does not exist: "." (paths start from the suite\'s directory: /suites)',
    ],
  ],
  [
    suiteWithCase('fixtures: [nope, a/b, c/b]'),
    [
      '6:16 "fixtures[0]" names a file that does not exist: "nope" (paths start from the suite\'s directory: /suites/nope)',
      '6:22 "fixtures[1]" names a file that does not exist: "a/b" (paths start from the suite\'s directory: /suites/a/b)',
      '6:27 "fixtures[2]" repeats a fixture named "b" (the other is in line 6)',
      '6:27 "fixtures[2]" names a file that does not exist: "c/b" (paths start from the suite\'s directory: /suites/c/b)',
    ],
  ],
];

describe('findPathMistakes and findReferenceMistakes', () => {
  it.each(BAD_PATHS)('find those of %j', (text, expected) => {
    expect(listMistakes(text)).toEqual(expected);
  });
});
