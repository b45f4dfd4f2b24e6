import { describe, expect, it } from 'vitest';
import {
  defineBenchmarks,
  type BenchCommands,
} from '../../../../src/app/bench/bench-definitions.ts';
import { readMetrics } from '../../../../src/app/bench/choose-metrics.ts';
import {
  readParameterList,
  readParameterScan,
} from '../../../../src/app/bench/expand-parameters.ts';
import { readPlan, readShare } from '../../../../src/app/bench/read-plan.ts';
import { splitWords } from '../../../../src/app/bench/split-words.ts';

const nothing: BenchCommands = {
  target: { kind: 'machine' },
  texts: [],
  names: [],
  parameters: [],
  shell: true,
  metrics: ['wallMs'],
  setup: [],
  prepare: [],
  conclude: [],
  cleanup: [],
  network: 'none',
  deadlineMs: 1000,
};

describe('splitWords', () => {
  it.each([
    ['sort  -r a', ['sort', '-r', 'a']],
    [` echo 'a b' "c \\"d\\"" e\\ f `, ['echo', 'a b', 'c "d"', 'e f']],
    [`x ''`, ['x', '']],
    [`a'b'"c"`, ['abc']],
    ['echo $HOME *', ['echo', '$HOME', '*']],
  ])('splits %j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it('refuses open quotes and empty commands', () => {
    expect(() => splitWords(`echo 'a`)).toThrow('not closed');
    expect(() => splitWords(' ')).toThrow('empty');
  });
});

describe('parameters', () => {
  it('are lists, and numbers with as many decimals as were written', () => {
    expect(readParameterList('size=1,a\\,b,')).toEqual({ key: 'size', values: ['1', 'a,b', ''] });
    expect(readParameterScan('n=1:4').values).toEqual(['1', '2', '3', '4']);
    expect(readParameterScan('d=0.1:0.4:0.1').values).toEqual(['0.1', '0.2', '0.3', '0.4']);
    expect(readParameterScan('n=5:5').values).toEqual(['5']);
  });

  it.each(['n', 'n=1', 'n=2:1', 'n=1:x', 'n=1:9:0', 'n=0:1000000', '=1:2'])(
    'refuse %s as a range',
    (text) => {
      expect(() => readParameterScan(text)).toThrow();
    },
  );

  it('make one benchmark for each combination, named by it', () => {
    const benchmarks = defineBenchmarks({
      ...nothing,
      texts: ['sort {size}.txt'],
      parameters: [readParameterList('size=a,b'), readParameterScan('n=1:2')],
      prepare: ['sync {n}'],
    });
    expect(benchmarks.map(({ name }) => name)).toEqual([
      'sort a.txt (n=1)',
      'sort a.txt (n=2)',
      'sort b.txt (n=1)',
      'sort b.txt (n=2)',
    ]);
    expect(benchmarks[3]?.definition.command).toEqual({ kind: 'shell', script: 'sort b.txt' });
    expect(benchmarks[3]?.prepare).toEqual([['sh', '-c', 'sync 2']]);
    expect(() =>
      defineBenchmarks({
        ...nothing,
        texts: ['x'],
        parameters: [readParameterList('a=1'), readParameterList('a=2')],
      }),
    ).toThrow('given twice');
  });
});

describe('defineBenchmarks', () => {
  it('gives texts to a shell, and words as they are', () => {
    const [text, words] = defineBenchmarks({
      ...nothing,
      texts: ['echo $HOME'],
      words: ['echo', '$HOME'],
      names: ['first'],
    });
    expect(text).toMatchObject({ name: 'first', usesShell: true });
    expect(text?.definition.command).toEqual({ kind: 'shell', script: 'echo $HOME' });
    expect(words).toMatchObject({ name: "echo '$HOME'", usesShell: false });
    expect(words?.definition.command).toEqual({ kind: 'run', argv: ['echo', '$HOME'] });
  });

  it('gives a program its arguments, also none', () => {
    const target = { kind: 'binary', paths: { 'linux/arm64': '/x/app' } } as const;
    const [none] = defineBenchmarks({ ...nothing, target });
    expect(none).toMatchObject({ name: 'app' });
    expect(none?.definition).toMatchObject({
      subject: target,
      command: { kind: 'subject', args: [] },
    });
    const [some] = defineBenchmarks({ ...nothing, target, texts: ["encode 'a b'"] });
    expect(some?.name).toBe("app encode 'a b'");
    expect(some?.definition.command).toEqual({ kind: 'subject', args: ['encode', 'a b'] });
  });

  it('has what stands around runs in the case, and what stands around each run beside it', () => {
    const [bench] = defineBenchmarks({
      ...nothing,
      words: ['x'],
      shell: false,
      setup: ['mkdir d'],
      cleanup: ['rm -r d'],
      prepare: ['touch a'],
      conclude: ['rm a'],
      input: '/in',
    });
    expect(bench).toMatchObject({ prepare: [['touch', 'a']], conclude: [['rm', 'a']] });
    expect(bench?.definition).toMatchObject({
      setup: [['mkdir', 'd']],
      teardown: [['rm', '-r', 'd']],
      stdin: { file: '/in' },
    });
  });

  it('refuses to measure nothing, two of one name, and more names than commands', () => {
    expect(() => defineBenchmarks(nothing)).toThrow('nothing to measure');
    expect(() => defineBenchmarks({ ...nothing, texts: ['a', 'a'] })).toThrow('called "a"');
    expect(() => defineBenchmarks({ ...nothing, texts: ['a'], names: ['x', 'y'] })).toThrow(
      '2 names',
    );
  });
});

describe('plan and metrics', () => {
  it('have hyperfine’s defaults and a seed of their own', () => {
    const plan = readPlan({});
    expect(plan).toMatchObject({ warmup: 1, minTimeMs: 3000 });
    expect(Number.isInteger(plan.seed)).toBe(true);
  });

  it('are read as written', () => {
    expect(
      readPlan({ seed: '7', cpus: '0,2', minTime: '500ms', targetPrecision: '1%', runs: 5 }),
    ).toEqual({
      seed: 7,
      warmup: 1,
      minTimeMs: 500,
      affinity: [0, 2],
      targetPrecision: 0.01,
      runs: 5,
    });
    expect(readShare('5%', 'fail-above')).toBe(0.05);
    expect(readShare('0%', 'fail-above')).toBe(0);
    expect(readMetrics([])).toEqual(['wallMs']);
    expect(readMetrics(['wall,memory', 'wall'])).toEqual(['wallMs', 'maxRssKb']);
  });

  it('refuse what they cannot be', () => {
    expect(() => readPlan({ seed: '-1' })).toThrow('--seed');
    expect(() => readPlan({ cpus: 'a' })).toThrow('--cpus');
    expect(() => readPlan({ minTime: '3' })).toThrow('--min-time');
    expect(() => readShare('five', 'fail-above')).toThrow('--fail-above');
    expect(() => readMetrics(['wal'])).toThrow('no metric "wal"');
  });
});
