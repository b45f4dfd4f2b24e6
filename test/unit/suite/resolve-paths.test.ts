import { describe, expect, it } from 'vitest';
import { resolveImageReference, suiteDirectory } from '../../../src/suite/resolve-paths.ts';
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
    'version: 1\nname: s\nsubject: {image: ../app}\ncases: [{name: a}]',
    [
      '3:18 "image" is a path, not an image reference: "../app" (write binary: {linux/arm64: ../app} for an ELF file, oci:../app or dir:../app for an image)',
    ],
  ],
  [
    'version: 1\nname: s\nsubject: {image: "docker archive:x"}\ncases: [{name: a}]',
    ['3:18 "image" cannot contain spaces: "docker archive:x"'],
  ],
  [
    suiteWithCase('with: {db: {image: /db}}'),
    [
      '6:24 "image" is a path, not an image reference: "/db" (write binary: {linux/arm64: /db} for an ELF file, oci:/db or dir:/db for an image)',
    ],
  ],
  [
    'version: 1\nname: s\nsubject: {binary: {arm: /none}}\ncases: [{name: a}]',
    ['3:25 "arm" names a file that does not exist: "/none"'],
  ],
  [
    'version: 1\nname: s\nsubject: {binary: {arm: /}}\ncases: [{name: a, fixtures: [/]}]',
    ['3:25 "arm" names a directory, not a file: "/"'],
  ],
  [
    suiteWithCase('stdinFile: /dev/null/x'),
    ['6:16 "stdinFile" names a file that does not exist: "/dev/null/x"'],
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

describe('resolveImageReference', () => {
  it.each([
    ['oci:app', 'oci:/suites/app'],
    ['oci:app:1.2', 'oci:/suites/app:1.2'],
    ['oci:../app', 'oci:/app'],
    ['oci:/app', 'oci:/app'],
    ['dir:root', 'dir:/suites/root'],
    ['oci-archive:app.tar', 'oci-archive:/suites/app.tar'],
    ['docker-archive:app.tar:app:1', 'docker-archive:/suites/app.tar:app:1'],
    ['oci:', 'oci:'],
    ['docker://nginx:1', 'docker://nginx:1'],
    ['docker-daemon:app:1', 'docker-daemon:app:1'],
    ['nginx', 'nginx'],
    ['localhost:5000/app', 'localhost:5000/app'],
  ])('%s is %s', (reference, resolved) => {
    expect(resolveImageReference(reference, '/suites')).toBe(resolved);
  });
});

describe('suiteDirectory', () => {
  it('is where the file is, and here for what is no file', () => {
    expect(suiteDirectory('/suites/s.yaml')).toBe('/suites');
    expect(suiteDirectory('s.yaml')).toBe(process.cwd());
    expect(suiteDirectory('<stdin>')).toBe(process.cwd());
  });
});

describe('findPathMistakes and findReferenceMistakes', () => {
  it.each(BAD_PATHS)('find those of %j', (text, expected) => {
    expect(listMistakes(text)).toEqual(expected);
  });

  it('say what the system says of a path that can be none', () => {
    const [mistake] = listMistakes(suiteWithCase(`stdinFile: /${'x'.repeat(300)}`));
    expect(mistake).toMatch(/^6:16 "stdinFile" cannot be read \(ENAMETOOLONG\): "\/x+/);
  });
});
