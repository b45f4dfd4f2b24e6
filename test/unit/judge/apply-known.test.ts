import { describe, expect, test } from 'vitest';
import type { Difference, KnownDivergence, LaneInfo } from '../../../src/core/index.ts';
import { applyKnown, renewKnown } from '../../../src/judge/apply-known.ts';
import { EMULATED, NATIVE, TODAY } from './judge-data.ts';

const differ = (what: Difference['what'], where?: string): Difference => ({
  between: ['native', 'emulated'],
  what,
  left: 'a',
  right: 'b',
  ...(where === undefined ? {} : { where }),
});
const declare = (at?: string, until?: string): KnownDivergence => ({
  cause: 'architecture',
  reason: 'because',
  ...(at === undefined ? {} : { at }),
  ...(until === undefined ? {} : { until }),
});
const apply = (entries: readonly KnownDivergence[], differences: readonly Difference[]) =>
  applyKnown(entries, differences, { lanes: [NATIVE, EMULATED], today: TODAY });

describe('renewKnown', () => {
  const renew = (entries: readonly KnownDivergence[], differences: readonly Difference[]) =>
    renewKnown(entries, differences, { lanes: [NATIVE, EMULATED], today: TODAY });

  test('leaves alone what is met and what these lanes cannot show', () => {
    const entries = [declare('exit'), declare('stdout')];
    expect(renew(entries, [differ('exit'), differ('stdout')])).toEqual({
      removed: [],
      expired: [],
      undeclared: [],
    });
    const one = { lanes: [NATIVE], today: TODAY };
    expect(renewKnown(entries, [], one).removed).toEqual([]);
  });

  test('removes what is unmet or expired, and gives back what must be declared', () => {
    const old = declare('exit', '2000-01-01');
    const found = renew(
      [old, declare('stderr'), declare('stdout')],
      [differ('exit'), differ('stdout'), differ('files', '/x')],
    );
    expect(found).toEqual({
      removed: [0, 1],
      expired: [declare('exit')],
      undeclared: [differ('files', '/x')],
    });
  });
});

describe('places', () => {
  test.each([
    [undefined, differ('exit'), true],
    ['stdout', differ('stdout', 'line 3'), true],
    ['stdout', differ('stderr', 'line 3'), false],
    ['stdout:line 3', differ('stdout', 'line 3'), true],
    ['stdout:line 3', differ('stdout', 'line 30'), false],
    ['files:/out/x', differ('files', '/out/x'), true],
    ['files:/out/x', differ('files', '/out/x: mode'), true],
    ['files:/out/x: mode', differ('files', '/out/x: mode'), true],
    ['files:/out/x: mode', differ('files', '/out/x: owner'), false],
    ['files:/out/x', differ('files', '/out/xy: mode'), false],
    ['files:/out/**', differ('files', '/out/a/b: line 1'), true],
    ['files', differ('files', '/out/x'), true],
    ['exit', differ('exit'), true],
    ['exit', differ('stdout', 'line 1'), false],
    ['stdout:line 3', differ('stderr', 'line 3'), false],
    ['responses:GET /', differ('responses', 'GET /: body'), true],
    ['responses:GET /', differ('responses', 'GET /x: body'), false],
    // Globs are for paths.
    ['stdout:line *', differ('stdout', 'line 3'), false],
    ['exit:0', differ('exit'), false],
  ])('%s covers %j: %s', (at, difference, covered) => {
    const entry = declare(at);
    expect(apply([entry], [difference])).toEqual(
      covered ? { known: entry } : { failure: { known: entry, problem: 'elsewhere' } },
    );
  });
});

describe('several entries', () => {
  test('cover together', () => {
    const [a, b] = [declare('stdout'), declare('exit')];
    expect(apply([a, b], [differ('exit'), differ('stdout')])).toEqual({ known: b });
  });

  test('a fresh entry stands in for an expired one', () => {
    const [old, fresh] = [declare('stdout', '2020-01-01'), declare('stdout', TODAY)];
    expect(apply([old, fresh], [differ('stdout')])).toEqual({ known: fresh });
  });

  test('what nobody declared weighs more than what expired', () => {
    const old = declare('stdout', '2020-01-01');
    expect(apply([old], [differ('stdout'), differ('exit')]).failure?.problem).toBe('elsewhere');
    expect(apply([old], [differ('stdout')]).failure?.problem).toBe('expired');
  });
});

describe('a divergence of the emulator that is not met', () => {
  const entry: KnownDivergence = { cause: 'emulator', reason: 'because' };
  const unmet = (lanes: readonly LaneInfo[]) =>
    applyKnown([entry], [], { lanes, today: TODAY }).failure?.problem;
  const vm: LaneInfo = {
    ...EMULATED,
    id: 'vm',
    kind: 'vm',
    referee: { kernel: 'real', cpu: 'tcg' },
  };

  test('is gone when an emulated lane does not show it', () => {
    expect(unmet([NATIVE, EMULATED])).toBe('unmet');
    expect(unmet([NATIVE, EMULATED, vm])).toBe('unmet');
  });

  test('is not looked for by machines of their own, whoever emulates their CPU', () => {
    expect(unmet([NATIVE, vm])).toBeUndefined();
  });
});

test('nothing declared, nothing said', () => {
  expect(apply([], [differ('exit')])).toStrictEqual({});
});
