import { describe, expect, it } from 'vitest';
import { mapImageName } from '../../../../src/app/inspect/image-names.ts';
import { replaceVariables } from '../../../../src/app/inspect/replace-variables.ts';

describe('mapImageName', () => {
  const mapping = new Map([
    ['app', 'oci:any'],
    ['app:1.2', 'oci:exact'],
    ['ghcr.io/team/web', 'oci:web'],
    ['localhost:5000/x:1', 'oci:local'],
  ]);

  it.each([
    ['app:1.2', 'oci:exact'],
    ['docker.io/library/app:1.2', 'oci:exact'],
    ['app', 'oci:any'],
    ['app:3', 'oci:any'],
    [`app@sha256:${'0'.repeat(64)}`, 'oci:any'],
    ['ghcr.io/team/web:v1', 'oci:web'],
    ['localhost:5000/x:1', 'oci:local'],
    ['localhost:5000/x:2', 'localhost:5000/x:2'],
    ['team/app:1.2', 'team/app:1.2'],
    ['ghcr.io/app', 'ghcr.io/app'],
  ])('maps %s to %s', (name, expected) => {
    expect(mapImageName(name, mapping)).toBe(expected);
  });
});

describe('replaceVariables', () => {
  const values: Readonly<Record<string, string>> = { A: 'a', EMPTY: '' };
  const replace = (text: string) => replaceVariables(text, (name) => values[name]);

  it.each([
    ['$A-${A}', 'a-a'],
    ['${NO:-x}${EMPTY:-y}${EMPTY-z}${A:-w}', 'xya'],
    ['${A:+set}${NO:+set}${EMPTY+set}${EMPTY:+set}', 'setset'],
    ['${NO:-reg/${A}:1}', 'reg/a:1'],
    ['$$A \\$A', '$A $A'],
    ['100%', '100%'],
  ])('replaces %s by %s', (text, expected) => {
    expect(replace(text)).toEqual({ text: expected, unset: [] });
  });

  it('tells of variables without a value', () => {
    expect(replace('$NO/${ALSO:?must be set}/${X:-$Y}')).toEqual({
      text: '//',
      unset: ['NO', 'ALSO', 'Y'],
    });
  });
});
