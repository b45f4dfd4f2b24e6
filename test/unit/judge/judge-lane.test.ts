import { describe, expect, test } from 'vitest';
import type { Attempt, Verdict } from '../../../src/core/index.ts';
import { judgeLane } from '../../../src/judge/judge-lane.ts';
import { attemptsOf, defineCase, EMULATED, observe, TIMED_OUT, TODAY } from './judge-data.ts';

type Tried = Omit<Attempt, 'number'>;

const pass: Tried = { observation: observe('a') };
const other: Tried = { observation: observe('b') };
const fail: Tried = { observation: observe({ exit: 1 }) };
const late: Tried = { observation: observe(TIMED_OUT) };
const infra: Tried = { infra: { code: 'LANE_BROKE', message: 'the lane broke' } };
const unsupported: Tried = { unsupported: 'no TTY' };

const definition = defineCase({ expect: { exit: 0 } });
const judge = (...tried: readonly Tried[]) =>
  judgeLane(definition, attemptsOf(EMULATED, ...tried), TODAY);

describe('judgeLane', () => {
  test.each<[string, readonly Tried[], Verdict]>([
    ['nothing', [], 'skipped'],
    ['pass', [pass], 'match'],
    ['pass, pass', [pass, pass], 'match'],
    ['pass, other', [pass, other], 'flaky'],
    ['fail, pass', [fail, pass], 'flaky'],
    ['late, pass', [late, pass], 'flaky'],
    ['infra, pass', [infra, pass], 'flaky'],
    ['fail', [fail], 'mismatch'],
    ['fail, fail', [fail, fail], 'mismatch'],
    ['fail, late', [fail, late], 'timeout'],
    ['late', [late], 'timeout'],
    ['late, infra', [late, infra], 'infra-error'],
    ['unsupported', [unsupported], 'unsupported'],
  ])('%s', (_name, tried, verdict) => {
    expect(judge(...tried).result.verdict).toBe(verdict);
  });

  test('stands for the lane by the last attempt that passed, else the last that ran', () => {
    expect(judge(fail, pass, fail).observation).toBe(pass.observation);
    expect(judge(fail, fail).observation).toBe(fail.observation);
    expect(judge(late).observation).toBeUndefined();
    expect(judge(unsupported).observation).toBeUndefined();
  });

  test('takes a subject that may keep running for what it was: still running', () => {
    const server = defineCase({ mayKeepRunning: true });
    const judged = judgeLane(server, attemptsOf(EMULATED, late), TODAY);
    expect(judged.result.verdict).toBe('match');
    expect(judged.observation).toBe(late.observation);
    const ending = defineCase({ mayKeepRunning: true, expect: { exit: 0 } });
    expect(judgeLane(ending, attemptsOf(EMULATED, late), TODAY).result).toMatchObject({
      verdict: 'mismatch',
      failures: [{ check: 'exit 0', actual: 'still running after 1 s' }],
    });
  });

  test('lets no program of another machine pass', () => {
    const foreign: Tried = { observation: { ...observe('a'), foreignProgram: 'linux/amd64' } };
    const judged = judge(foreign);
    expect(judged.result).toMatchObject({
      verdict: 'mismatch',
      failures: [{ check: 'platform of the program', expected: 'a program for linux/arm64' }],
    });
    expect(judged.result.failures[0]?.actual).toMatch(/^amd64 program inside the arm64 image/);
  });

  test.each<[string, readonly Tried[]]>([
    ['an attempt beside it was late', [fail, late]],
    ['the lane broke', [late, infra]],
    ['the lane broke before', [infra, late]],
    ['its setup failed', [{ observation: { ...observe('a'), setupFailure: 'exit 1: mkdir' } }]],
  ])('gives nothing to compare: %s', (_name, tried) => {
    expect(judge(...tried)).not.toHaveProperty('observation');
  });

  test.each<[string, readonly Tried[]]>([
    ['pass', [pass]],
    ['late', [late]],
    ['unsupported', [unsupported]],
    ['infra', [infra]],
    ['nothing', []],
  ])('%s has no failed checks', (_name, tried) => {
    expect(judge(...tried).result.failures).toEqual([]);
  });

  test('a setup that failed is a mismatch in its own words', () => {
    const failed = judge({
      observation: { ...observe({ exit: 1 }), setupFailure: 'exit 1: mkdir' },
    });
    expect(failed.result).toMatchObject({
      verdict: 'mismatch',
      failures: [{ check: 'setup', expected: 'every step exits with 0', actual: 'exit 1: mkdir' }],
    });
  });

  test('does not ask the checks of a record again that had passed', () => {
    const lane = attemptsOf(EMULATED, fail);
    const passed = judgeLane(definition, { ...lane, passed: true }, TODAY);
    expect(passed.result).toEqual({ verdict: 'match', attempts: lane.attempts, failures: [] });
    expect(judgeLane(definition, { ...lane, passed: false }, TODAY).result.verdict).toBe(
      'mismatch',
    );
    const broken = judgeLane(definition, { ...attemptsOf(EMULATED, infra), passed: true }, TODAY);
    expect(broken.result.verdict).toBe('infra-error');
  });

  test('checks the facts that a program of the case prints, in their format', () => {
    const facts = defineCase({
      expect: { facts: [{ name: 'value', matcher: '128' }] },
      printedFacts: { format: 'value' },
    });
    const verdict = (stdout: string) =>
      judgeLane(facts, attemptsOf(EMULATED, { observation: observe(stdout) }), TODAY).result
        .verdict;
    expect(verdict('128\n')).toBe('match');
    expect(verdict('64\n')).toBe('mismatch');
  });

  test('checks what is expected on its platform', () => {
    const { platform } = EMULATED;
    const overlaid = defineCase({ expect: { exit: 0, platform: { [platform]: { exit: 1 } } } });
    expect(judgeLane(overlaid, attemptsOf(EMULATED, fail), TODAY).result.verdict).toBe('match');
  });

  test('gives the reason', () => {
    expect(judge(infra, fail).reason).toBe('the lane broke');
    expect(judge(pass)).not.toHaveProperty('reason');
    const both = { ...attemptsOf(EMULATED, pass), skipped: 'tag' };
    expect(judgeLane(definition, both, TODAY).result.verdict).toBe('skipped');
    expect(judge(infra).reason).toBe('the lane broke');
    expect(judge(unsupported).reason).toBe('no TTY');
    const skipped = judgeLane(definition, { info: EMULATED, attempts: [], skipped: 'tag' }, TODAY);
    expect(skipped.reason).toBe('tag');
  });

  test('compares attempts only where the case compares', () => {
    const loose = defineCase({ compare: [] });
    expect(judgeLane(loose, attemptsOf(EMULATED, pass, other), TODAY).result.verdict).toBe('match');
  });
});
