import { describe, expect, it } from 'vitest';
import { captureBytes, type Observation } from '../../../src/core/index.ts';
import { listRemarks, RepeatedRemarks } from '../../../src/report/case-remarks.ts';
import { define, judge, observe, onLane } from './make-result.ts';

const cut = { stdout: captureBytes(Buffer.from('abcde'), 9) };

describe('listRemarks', () => {
  it('says what was cut, with the lanes that have it in common', () => {
    const result = judge(define('s', 'c'), 'match', {
      lanes: {
        native: onLane('match', observe('', cut)),
        emulated: onLane('match', observe('', { ...cut, unenforcedLimits: ['pids', 'memory'] })),
      },
    });
    expect(listRemarks(result)).toEqual([
      'native, emulated: stdout was cut: 5 of 9 bytes were kept, and only these were compared; raise limits.output',
      'emulated: limits not enforced: pids, memory',
    ]);
  });

  it('says where the rest was compared by its digest', () => {
    const withDigest = (text: string): Observation =>
      observe('', { stdout: captureBytes(Buffer.from(text), 9, '00000000000000aa') });
    const remarks = (native: Observation, emulated: Observation): readonly string[] => {
      const lanes = { native: onLane('match', native), emulated: onLane('match', emulated) };
      return listRemarks(judge(define('s', 'c'), 'match', { lanes }));
    };
    const same = withDigest('abcde');
    expect(remarks(same, same)).toEqual([
      'native, emulated: stdout was cut: 5 of 9 bytes were kept, the rest was compared by a digest; raise limits.output',
    ]);
    // Something was hidden in what was kept, and so may be behind it.
    expect(remarks(same, withDigest('abcdx'))[0]).toContain('and only these were compared');
    expect(remarks(same, observe('', cut))[0]).toContain('and only these were compared');
  });

  it('does not call compared what is not', () => {
    const result = judge(define('s', 'c', { compare: ['exit'] }), 'match', {
      lanes: { native: onLane('match', observe('', cut)) },
    });
    expect(listRemarks(result)).toEqual([
      'native: stdout was cut: 5 of 9 bytes were kept; raise limits.output',
    ]);
  });

  it('leaves the notes of an inspection to its line', () => {
    const noted = observe('', { notes: ['12 programs'] });
    const lanes = { native: onLane('match', noted) };
    const inspect = define('s', 'c', { command: { kind: 'inspect', what: 'files' } });
    expect(listRemarks(judge(inspect, 'match', { lanes }))).toEqual([]);
    expect(listRemarks(judge(define('s', 'c'), 'match', { lanes }))).toEqual([
      'native: 12 programs',
    ]);
  });
});

describe('RepeatedRemarks', () => {
  it('gives a remark once and counts the rest', () => {
    const remarks = new RepeatedRemarks();
    expect(remarks.take(['a', 'b'])).toEqual(['a', 'b']);
    expect(remarks.take(['a'])).toEqual([]);
    expect(remarks.take(['a', 'c'])).toEqual(['c']);
    expect(remarks.list()).toEqual(['a (on 2 more cases)']);
  });

  it('remembers no more than it can show', () => {
    const remarks = new RepeatedRemarks();
    for (let at = 0; at < 1000; at += 1) remarks.take([String(at)]);
    expect(remarks.take(['5', '999'])).toEqual(['999']);
    expect(remarks.list()).toEqual(['5 (on 1 more case)']);
  });
});
