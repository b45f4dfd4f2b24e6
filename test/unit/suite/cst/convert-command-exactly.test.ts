import { describe, expect, it } from 'vitest';
import { convertCommand, patternChecks } from '../../../../src/suite/cst/convert-command.ts';
import type { CommandTest, EnvVar } from '../../../../src/suite/cst/cst-schema.ts';
import type { RunSettings } from '../../../../src/suite/cst/run-settings.ts';

const NO_SETTINGS: RunSettings = { env: {}, secrets: [], replacesEnv: false };

describe('a command', () => {
  const convert = (
    test: CommandTest,
    globalEnvVars: readonly EnvVar[] = [],
    isStrict = false,
    settings: Partial<RunSettings> = {},
  ) =>
    convertCommand(
      test,
      { globalEnvVars },
      { isStrict, settings: { ...NO_SETTINGS, ...settings } },
    );

  it('is this at least, and this at most', () => {
    expect(convert({})).toEqual({
      command: { kind: 'run', argv: [''] },
      env: {},
      expand: { words: true, env: [] },
      setup: [],
      teardown: [],
      expect: { exit: 0 },
    });
    const full: CommandTest = {
      name: 't',
      command: 'sh',
      args: ['-c', 'x'],
      setup: [['a', 'b']],
      teardown: [['c']],
      envVars: [{ key: 'A', value: 'a' }],
      exitCode: 3,
      expectedOutput: ['1', '2'],
      excludedOutput: ['3'],
      expectedError: ['4'],
      excludedError: ['5', '6'],
    };
    const converted = {
      command: { kind: 'run', argv: ['sh', '-c', 'x'] },
      env: { A: 'a' },
      expand: { words: true, env: ['A'] },
      setup: [['a', 'b']],
      teardown: [['c']],
      expect: {
        exit: 3,
        stdout: [{ matches: '1' }, { matches: '2' }, { not: { matches: '3' } }],
        stderr: [{ matches: '4' }, { not: { matches: '5' } }, { not: { matches: '6' } }],
      },
    };
    expect(convert(full)).toEqual(converted);
    expect(convert(full, [], true)).toEqual({
      ...converted,
      expand: { words: true, env: [] },
      teardown: [],
    });
  });

  it.each<[CommandTest, object]>([
    [{ exitCode: null }, { exit: 0 }],
    [{ exitCode: -1 }, { exit: -1 }],
    [{ expectedOutput: [], excludedError: [] }, { exit: 0 }],
    [{ excludedOutput: ['a'] }, { exit: 0, stdout: [{ not: { matches: 'a' } }] }],
    [{ expectedError: ['a'] }, { exit: 0, stderr: [{ matches: 'a' }] }],
  ])('of %j expects %j', (test, expected) => {
    expect(convert(test).expect).toEqual(expected);
  });

  const OWN: CommandTest = {
    command: '$G',
    args: ['${G}-$O-$X', '$$G'],
    envVars: [
      { key: 'O', value: 'o$G$X' },
      { key: 'O2', value: '$O' },
    ],
  };
  const WITH_SETUP: CommandTest = { ...OWN, setup: [['true']] };
  const GLOBAL: EnvVar[] = [{ key: 'G', value: 'first' }, { key: 'G', value: 'g' }, { key: 'E' }];
  const PLAIN = ['g', 'g-${O}-${X}', '${$}G'];
  const EXPANDED = { G: 'g', E: '', O: 'og${X}', O2: '${O}' };

  it.each<[string, CommandTest, boolean, Partial<RunSettings>, object]>([
    ['loosely', OWN, false, {}, { argv: PLAIN, env: EXPANDED, expanded: ['G', 'E', 'O', 'O2'] }],
    [
      'loosely, with a setup',
      WITH_SETUP,
      false,
      {},
      { argv: PLAIN, env: EXPANDED, expanded: ['G', 'E', 'O', 'O2'] },
    ],
    [
      'loosely, with run options',
      OWN,
      false,
      { replacesEnv: true, env: { O: 'x', R: 'r' } },
      { argv: PLAIN, env: { ...EXPANDED, O: 'x', R: 'r' }, expanded: ['G', 'E', 'O2'] },
    ],
    [
      'strictly',
      OWN,
      true,
      {},
      { argv: PLAIN, env: { G: 'g', E: '', O: 'o$G$X', O2: '$O' }, expanded: ['G', 'E'] },
    ],
    [
      'strictly, with run options',
      OWN,
      true,
      { replacesEnv: true, env: { R: 'r', E: 'e' } },
      { argv: PLAIN, env: { G: 'g', E: 'e', R: 'r' }, expanded: ['G'] },
    ],
    [
      'strictly, with a setup',
      WITH_SETUP,
      true,
      {},
      {
        argv: ['g', 'g-og${X}-${X}', '${$}G'],
        env: { G: 'g', E: '', O: 'o$G$X', O2: '$O' },
        expanded: ['G', 'E'],
      },
    ],
    [
      'strictly, with a setup and run options',
      WITH_SETUP,
      true,
      { replacesEnv: true },
      {
        argv: ['g', 'g-og${X}-${X}', '${$}G'],
        env: EXPANDED,
        expanded: ['G', 'E', 'O', 'O2'],
      },
    ],
  ])('sees variables %s', (_name, test, isStrict, settings, seen) => {
    const { command, env, expand } = convert(test, GLOBAL, isStrict, settings);
    const argv = command.kind === 'run' ? command.argv : [];
    expect({ argv, env, expanded: expand.env }).toEqual(seen);
    expect(expand.words).toBe(true);
  });

  it('is what it is where a file has no variables', () => {
    const { command } = convert(OWN, [], false);
    expect(command).toEqual({ kind: 'run', argv: ['$G', '${G}-$O-$X', '$$G'] });
    expect(convert(WITH_SETUP, [], true).command).toEqual({
      kind: 'run',
      argv: ['${G}', '${G}-o$G$X-${X}', '${$}G'],
    });
  });

  it('has no checks without patterns', () => {
    expect(patternChecks()).toEqual([]);
    expect(patternChecks(['a'], ['b'])).toEqual([{ matches: 'a' }, { not: { matches: 'b' } }]);
  });
});
