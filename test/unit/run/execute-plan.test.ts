import { describe, expect, it } from 'vitest';
import { captureBytes, type Attempt, type CaseResult } from '../../../src/core/index.ts';
import type { Lane } from '../../../src/lanes/index.ts';
import { planCases } from '../../../src/plan/index.ts';
import { executePlan, ResultTally, type ExecuteOptions } from '../../../src/run/index.ts';
import { judge as judgedAs } from '../report/make-result.ts';
import { EMULATED, NATIVE } from '../judge/judge-data.ts';
import { makeCase, makeSuite } from '../plan/make-case.ts';

const GOOD: Attempt = {
  number: 1,
  observation: {
    termination: { kind: 'exit', code: 0 },
    stdout: captureBytes(Buffer.from('same\n')),
    stderr: captureBytes(Buffer.from('')),
    wallMs: 1,
    userMs: 1,
    sysMs: 1,
    maxRssKb: 1,
  },
};

/** A lane that observes what it is told to: no real one has a bug to order. */
function makeLane(info: Lane['info'], observe: Lane['observe']): Lane {
  const refuse = (): never => {
    throw new Error('not asked for here');
  };
  return {
    info,
    emulationFactor: 1,
    observe,
    prepare: () => Promise.resolve(),
    imageRoot: refuse,
    interact: refuse,
    close: () => Promise.resolve(),
  };
}

async function execute(
  observe: Lane['observe'],
  {
    jobs = 1,
    cancelSignal = new AbortController().signal,
    ...more
  }: Partial<
    Pick<ExecuteOptions, 'jobs' | 'cancelSignal' | 'repeat' | 'retries' | 'retryOn' | 'tally'>
  > = {},
) {
  const lanes = [makeLane(NATIVE, () => Promise.resolve(GOOD)), makeLane(EMULATED, observe)];
  const cases = ['first', 'broken', 'last'].map((name) => makeCase({ name }));
  const results = new Map<string, CaseResult>();
  const attempts: string[] = [];
  const execution = await executePlan({
    plan: planCases({
      suites: [makeSuite(cases)],
      lanes: lanes.map(({ info }) => info),
      filters: [],
    }),
    lanes,
    listener: (event) => {
      if ('caseId' in event && event.laneId === EMULATED.id)
        attempts.push(`${event.type} ${event.caseId}`);
      if (event.type === 'case-finished') results.set(event.result.definition.name, event.result);
    },
    jobs,
    retries: 0,
    failFast: false,
    strict: false,
    ...more,
    cancelSignal,
    now: () => new Date(0),
  });
  return { execution, results, attempts };
}

describe('executePlan', () => {
  it('goes on after a bug in one attempt, says whose it is, and counts it', async () => {
    const { execution, results } = await execute(({ name }) =>
      name === 'broken' ? Promise.reject(new RangeError('offset 9')) : Promise.resolve(GOOD),
    );
    expect([...results].map(([name, { verdict }]) => [name, verdict])).toEqual([
      ['first', 'match'],
      ['broken', 'infra-error'],
      ['last', 'match'],
    ]);
    const infra = results.get('broken')?.lanes[EMULATED.id]?.attempts[0]?.infra;
    expect(infra?.code).toBe('INTERNAL_ERROR');
    expect(infra?.message).toMatch(/^This is a bug in archparity: offset 9 \(at .*execute-plan/);
    expect(execution).toMatchObject({ bugs: 1, failures: 0, judged: 3 });
  });

  it('goes on after a bug in judging', async () => {
    const { execution, results } = await execute(({ name }) =>
      // Nothing that an agent can say: judging meets what it does not know.
      Promise.resolve(name === 'broken' ? { number: 1, observation: {} as never } : GOOD),
    );
    expect(results.get('broken')?.verdict).toBe('infra-error');
    expect(results.get('last')?.verdict).toBe('match');
    expect(execution.bugs).toBe(1);
  });

  it('calls what the operating system refuses no bug of ours', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    const { execution, results } = await execute(() => Promise.reject(full));
    expect(results.get('first')?.lanes[EMULATED.id]?.attempts[0]?.infra?.code).toBe('LANE_FAILED');
    expect(execution.bugs).toBe(0);
  });

  it('makes attempts ready beside others, and lets as many subjects live as there are jobs', async () => {
    let ready = 0;
    let living = 0;
    const seen: string[] = [];
    const { attempts } = await execute(async (_, { waitForTurn, onSubjectEnded }) => {
      ready += 1;
      await waitForTurn?.();
      ready -= 1;
      living += 1;
      await new Promise((wake) => setTimeout(wake, 5));
      seen.push(`${String(living)} living, ${String(ready)} ready`);
      living -= 1;
      onSubjectEnded?.();
      return GOOD;
    });
    expect(seen).toEqual(['1 living, 1 ready', '1 living, 1 ready', '1 living, 0 ready']);
    const started = attempts.filter((event) => event.startsWith('attempt-started'));
    expect(started).toHaveLength(3);
  });

  it('tells the start of an attempt that starts nothing, too', async () => {
    const { attempts } = await execute(() => Promise.resolve(GOOD));
    for (const name of ['first', 'broken', 'last']) {
      const events = attempts.filter((event) => event.endsWith(name));
      expect(events.map((event) => event.split(' ')[0])).toEqual([
        'attempt-started',
        'attempt-finished',
      ]);
    }
  });

  it('starts nothing that waits for its turn when the run is cancelled', async () => {
    const cancel = new AbortController();
    let living = 0;
    const { execution, attempts } = await execute(
      async (_, { waitForTurn }) => {
        await waitForTurn?.();
        living += 1;
        cancel.abort();
        return GOOD;
      },
      { cancelSignal: cancel.signal },
    );
    expect(living).toBe(1);
    expect(execution.interrupted).toBe(true);
    expect(attempts).toHaveLength(1);
  });

  it('gives an attempt that its lane makes anew one turn', async () => {
    const begun: string[] = [];
    await execute(async ({ name }, { waitForTurn, onSubjectEnded }) => {
      await waitForTurn?.();
      await waitForTurn?.();
      begun.push(name);
      await new Promise((wake) => setTimeout(wake, 5));
      onSubjectEnded?.();
      return GOOD;
    });
    expect(begun).toEqual(['first', 'broken', 'last']);
  });
});

/** An observation that prints a text. */
function saying(text: string, number: number): Attempt {
  const { observation } = GOOD;
  if (observation === undefined) throw new Error('nothing was observed');
  return { number, observation: { ...observation, stdout: captureBytes(Buffer.from(text)) } };
}

const countOf = (results: ReadonlyMap<string, CaseResult>, name: string): number | undefined =>
  results.get(name)?.lanes[EMULATED.id]?.attempts.length;

describe('retries', () => {
  const fails: Lane['observe'] = ({ name }, { number }) =>
    Promise.resolve(name === 'broken' ? saying('connection reset\n', number) : GOOD);

  it.each([
    ['of everything', [], 3],
    ['of what a pattern matches', ['no such words', '(?i)CONNECTION RESET'], 3],
    ['of a verdict', ['^diverged'], 3],
    ['of nothing that no pattern matches', ['timed out'], 1],
  ])('are made %s', async (_what, retryOn, attempts) => {
    const { results } = await execute(fails, { retries: 2, retryOn });
    expect(countOf(results, 'broken')).toBe(attempts);
    expect(countOf(results, 'first')).toBe(1);
  });
});

describe('a repetition', () => {
  const fourth: Lane['observe'] = ({ name }, { number }) =>
    Promise.resolve(saying(name === 'broken' && number === 4 ? 'other\n' : 'same\n', number));

  it('runs every case so many times, and calls flaky what was not always the same', async () => {
    const { results, execution } = await execute(fourth, {
      repeat: { times: 6, untilDiverged: false },
    });
    expect(countOf(results, 'first')).toBe(6);
    expect(countOf(results, 'broken')).toBe(6);
    expect(results.get('first')?.verdict).toBe('match');
    expect(results.get('broken')?.verdict).toBe('flaky');
    expect(execution).toMatchObject({ judged: 3, failures: 0 });
  });

  it('ends with the first time that is not well, if told so', async () => {
    const { results } = await execute(fourth, { repeat: { times: 6, untilDiverged: true } });
    expect(countOf(results, 'first')).toBe(6);
    expect(countOf(results, 'broken')).toBe(4);
    expect(results.get('broken')?.verdict).toBe('flaky');
  });
});

describe('a tally of an earlier run', () => {
  it('is counted with the cases of this one', async () => {
    const tally = new ResultTally(false);
    tally.take(judgedAs(makeCase({ name: 'before' }), 'mismatch'));
    const { execution } = await execute(() => Promise.resolve(GOOD), { tally });
    expect(execution).toMatchObject({ failures: 1, judged: 4 });
    expect(execution.summary).toMatchObject({ match: 3, mismatch: 1, total: 4 });
  });
});
