import { describe, expect, it } from 'vitest';
import type { FactExpectation } from '../../../src/core/index.ts';
import { checkFacts } from '../../../src/judge/check-facts.ts';
import { observe } from './judge-data.ts';

const MOUNTS = `1 0 0:1 / / rw,relatime - overlay overlay rw,lowerdir=/a
2 1 0:2 / /with\\040blank ro,nosuid shared:1 - tmpfs none rw
3 1 0:3 / / rw - ext4 /dev/x rw
`;

describe('checkFacts', () => {
  it('of a command are its end and its streams', () => {
    const expected: FactExpectation[] = [
      { name: 'exit-status', matcher: 0 },
      { name: 'stdout', matcher: ['b', '!c'], isText: true },
      { name: 'stderr', matcher: '', isText: true },
    ];
    expect(checkFacts(observe('a\nb\n'), expected)).toEqual([]);
    const killed = observe({ stdout: 'c\n', termination: { kind: 'signal', signal: 'SIGKILL' } });
    expect(checkFacts(killed, expected)).toEqual([
      { check: 'exit-status matches 0', expected: '0', actual: 'killed by SIGKILL (is no number)' },
      { check: 'stdout matches ["b","!c"]', expected: '["b","!c"]', actual: 'c' },
    ]);
    expect(checkFacts(killed, [{ name: 'uptime', matcher: 1 }])).toMatchObject([
      { actual: '(not known)' },
    ]);
    expect(checkFacts(killed, [])).toEqual([]);
  });

  it('say where a matcher is for others, and what is no expression', () => {
    const list = { name: 'stdout', matcher: ['a'] };
    expect(checkFacts(observe(' a\n\n'), [list])).toMatchObject([{ actual: ' a (is for lists)' }]);
    const pattern = { name: 'stdout', matcher: { 'match-regexp': '(' } };
    expect(() => checkFacts(observe('a'), [pattern])).toThrow(
      expect.objectContaining({ code: 'PATTERN_INVALID' }),
    );
    const facts = { ...observe(), facts: { ports: ['80', '443'] } };
    expect(checkFacts(facts, [{ name: 'ports', matcher: ['22'] }])).toMatchObject([
      { actual: '["80","443"]' },
    ]);
  });

  it('leave the others out where there is nothing', () => {
    const absent = { ...observe(), facts: { exists: false } };
    const mode = { name: 'mode', matcher: '0644' };
    expect(checkFacts(absent, [{ name: 'exists', matcher: false }, mode])).toEqual([]);
    expect(checkFacts(absent, [{ name: 'exists', matcher: true }, mode])).toHaveLength(1);
    expect(checkFacts({ ...observe(), facts: { exists: true } }, [mode])).toMatchObject([
      { actual: '(not known)' },
    ]);
  });

  it('are read from mountinfo', () => {
    const at = (mountpoint: string, expected: FactExpectation[]) =>
      checkFacts(observe(MOUNTS), expected, { format: 'mountinfo', mountpoint });
    expect(at('/', [{ name: 'filesystem', matcher: 'ext4' }])).toEqual([]);
    expect(
      at('/with blank', [
        { name: 'exists', matcher: true },
        { name: 'opts', matcher: ['nosuid', 'ro'] },
        { name: 'vfs-opts', matcher: { equal: ['rw'] } },
        { name: 'source', matcher: 'none' },
      ]),
    ).toEqual([]);
    expect(at('/none', [{ name: 'exists', matcher: false }])).toEqual([]);
  });

  it('are a value without blanks, and none of a command that failed', () => {
    const expected = [{ name: 'value', matcher: '128' }];
    expect(checkFacts(observe('128\n'), expected, { format: 'value' })).toEqual([]);
    const failed = observe({ stdout: '128\n', exit: 1 });
    expect(checkFacts(failed, expected, { format: 'value' })).toHaveLength(1);
  });
});
