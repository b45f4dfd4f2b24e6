import { describe, expect, it } from 'vitest';
import type { CaseDefinition } from '../../../src/core/index.ts';
import { fingerprintPlan, fingerprintTimings } from '../../../src/plan/index.ts';
import { makeCase } from './make-case.ts';

const on = (home: string, more: Partial<CaseDefinition> = {}): CaseDefinition =>
  makeCase({
    position: { file: `${home}/s.yaml`, line: 3, column: 5 },
    subject: { kind: 'binary', paths: { 'linux/amd64': `${home}/a` } },
    fixtures: [`${home}/in.json`],
    stdin: { file: `${home}/stdin` },
    ...more,
  });

describe('fingerprintPlan', () => {
  it('is the same wherever the suite lies, and in whatever order its keys come', () => {
    const one = on('/home/one');
    const other = Object.fromEntries(
      Object.entries(on('/srv/two')).reverse(),
    ) as unknown as CaseDefinition;
    expect(fingerprintPlan([other])).toBe(fingerprintPlan([one]));
  });

  it.each<readonly [string, Partial<CaseDefinition>]>([
    ['another name', { name: 'd', id: 's/d' }],
    ['another expectation', { expect: { exit: 1 } }],
    ['another fixture', { fixtures: ['/home/one/other.json'] }],
    ['another kind of subject', { subject: { kind: 'image', reference: 'oci:x' } }],
    ['text for a file', { stdin: { text: 'stdin' } }],
  ])('is not the same with %s', (_what, more) => {
    expect(fingerprintPlan([on('/home/one', more)])).not.toBe(fingerprintPlan([on('/home/one')]));
  });

  it('knows the order of cases', () => {
    const [a, b] = [makeCase({ name: 'a' }), makeCase({ name: 'b' })];
    expect(fingerprintPlan([a, b])).not.toBe(fingerprintPlan([b, a]));
  });
});

describe('fingerprintTimings', () => {
  it('knows the times, and not the order in which they came', () => {
    const timings = [['a', 1] as const, ['b', 2] as const];
    const fingerprint = fingerprintTimings(new Map(timings));
    expect(fingerprintTimings(new Map(timings.toReversed()))).toBe(fingerprint);
    expect(fingerprintTimings(new Map([['a', 1]]))).not.toBe(fingerprint);
  });
});
