import { describe, expect, it } from 'vitest';
import { satisfiesVersions } from '../../../src/judge/version-range.ts';

describe('satisfiesVersions', () => {
  // Each bound with what lies before it, on it and behind it.
  it.each<readonly [range: string, inside: readonly string[], outside: readonly string[]]>([
    ['1.2.3', ['1.2.3', '1.2.3+build.7'], ['1.2.2', '1.2.4', '1.2.3-rc']],
    ['=1.2.3', ['1.2.3'], ['1.2.4']],
    ['==1.2.3', ['1.2.3'], ['1.2.4']],
    ['v1.2.3', ['1.2.3'], ['1.2.4']],
    ['!1.2.3', ['1.2.2', '1.2.4'], ['1.2.3']],
    ['!=1.2.3', ['1.2.2', '1.2.4'], ['1.2.3']],
    ['<1.2.3', ['1.2.2', '1.1.9', '0.9.9', '1.2.3-rc'], ['1.2.3', '1.2.4', '1.10.0']],
    ['<=1.2.3', ['1.2.2', '1.2.3', '1.2.3-rc'], ['1.2.4', '2.0.0']],
    ['>1.2.3', ['1.2.4', '1.10.0', '2.0.0'], ['1.2.3', '1.2.2', '1.2.3-rc']],
    ['>=1.2.3', ['1.2.3', '1.2.4', '10.0.0'], ['1.2.2', '1.2.3-rc']],
    // A wildcard stands for all that could be there, an absent number is one.
    ['1.x', ['1.0.0', '1.99.99'], ['0.9.9', '2.0.0', '1.0.0-rc']],
    // … and what comes before its end comes before that of a release.
    ['1.x', ['2.0.0-rc'], ['2.0.0']],
    ['1.2.x', ['1.3.0-rc'], ['1.3.0']],
    ['1.X', ['1.5.0'], ['2.0.0']],
    ['1.*', ['1.5.0'], ['2.0.0']],
    ['1', ['1.0.0', '1.5.7'], ['2.0.0']],
    ['1.2.x', ['1.2.0', '1.2.99'], ['1.1.9', '1.3.0', '2.2.0']],
    ['1.2', ['1.2.0', '1.2.99'], ['1.1.9', '1.3.0']],
    ['<1.2.x', ['1.1.9'], ['1.2.0', '1.2.5', '1.3.0']],
    ['<=1.2.x', ['1.1.9', '1.2.0', '1.2.5'], ['1.3.0']],
    ['>1.2.x', ['1.3.0', '2.0.0'], ['1.2.0', '1.2.5', '1.1.9']],
    ['>=1.2.x', ['1.2.0', '1.3.0'], ['1.1.9']],
    ['!=1.2.x', ['1.1.9', '1.3.0'], ['1.2.0', '1.2.5']],
    // Conditions beside each other all hold, of groups one does.
    ['>1.0.0 <2.0.0 !=1.5.0', ['1.0.1', '1.9.9'], ['1.0.0', '1.5.0', '2.0.0']],
    ['<1.0.0 || 2.x || >= 4.0.0', ['0.1.0', '2.3.4', '4.0.0'], ['1.0.0', '3.0.0']],
    ['  >=  1.0.0   <  2.0.0  ', ['1.0.0', '1.9.9'], ['0.9.9', '2.0.0']],
    // What is no condition holds for nothing, and spoils its group alone.
    ['', [], ['0.0.0', '1.0.0']],
    ['latest', [], ['1.0.0']],
    ['>=1.0.0 latest', [], ['1.0.0']],
    ['1.0.0 ||', ['1.0.0'], ['2.0.0']],
    ['latest || 1.x', ['1.2.3'], ['2.0.0']],
    ['~1.2.3', [], ['1.2.3']],
  ])('%s', (range, inside, outside) => {
    expect(inside.filter((version) => !satisfiesVersions([version], range))).toEqual([]);
    expect(outside.filter((version) => satisfiesVersions([version], range))).toEqual([]);
  });

  // semver.org, 11: the example there, numbers against numbers and words, and a longer one.
  it('puts versions before their release in the order of semver.org', () => {
    const ordered = [
      '1.0.0-2',
      '1.0.0-10',
      '1.0.0-100',
      '1.0.0-10a',
      '1.0.0-2a',
      '1.0.0-a2',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.2.0',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
    ];
    for (const [at, version] of ordered.entries()) {
      const relation = (operator: string): readonly string[] =>
        ordered.filter((other) => satisfiesVersions([other], `${operator}${version}`));
      expect(relation('<')).toEqual(ordered.slice(0, at));
      expect(relation('<=')).toEqual(ordered.slice(0, at + 1));
      expect(relation('=')).toEqual([version]);
      expect(relation('>')).toEqual(ordered.slice(at + 1));
      expect(relation('>=')).toEqual(ordered.slice(at));
    }
  });

  it('wants all of several versions inside, and at least one', () => {
    expect(satisfiesVersions(['1.0.0', '1.1.0'], '1.x')).toBe(true);
    expect(satisfiesVersions(['1.0.0', '2.0.0'], '1.x')).toBe(false);
    expect(satisfiesVersions([], '1.x')).toBe(false);
  });

  it('takes blanks around a version, and nothing else', () => {
    expect(satisfiesVersions([' 1.2.3\n'], '1.2.3')).toBe(true);
    const none = ['', '1', '1.2', 'v1.2.3', '1.2.3.4', '1.2.x', '1.2.3-', 'app 1.2.3', '1.2.3 !'];
    expect(none.filter((text) => satisfiesVersions([text], '>=0.0.0'))).toEqual([]);
    expect(none.filter((text) => satisfiesVersions([text], '!=9.9.9'))).toEqual([]);
  });
});
