import { describe, expect, it } from 'vitest';
import type { SpawnOutcome } from '../../../../src/agent/index.ts';
import { readOutcome, type OutcomeContext } from '../../../../src/lanes/attempt/read-outcome.ts';

const NOTHING = Buffer.alloc(0);

function outcome(more: Partial<SpawnOutcome> = {}): SpawnOutcome {
  return {
    started: true,
    exits: [],
    stepFailures: [],
    entries: [],
    space: [],
    output: { stdout: NOTHING, stderr: NOTHING, log: NOTHING },
    totalBytes: { stdout: 0, stderr: 0, log: 0 },
    cutDigests: { stdout: '', stderr: '', log: '' },
    init: { code: 0 },
    ...more,
  };
}

const context: OutcomeContext = {
  number: 1,
  deadlineMs: 500,
  setup: [['make', 'it']],
  unenforcedLimits: [],
};
const times = { wallMs: 1, userMs: 2, sysMs: 3, maxRssKb: 4, timedOut: false };
const end = (more: object): SpawnOutcome['exits'] => [
  { ...times, ...more } as SpawnOutcome['exits'][number],
];

describe('readOutcome', () => {
  it.each([
    ['an exit', outcome({ exits: end({ code: 3 }) }), { kind: 'exit', code: 3 }],
    [
      'a signal',
      outcome({ exits: end({ signal: 'SIGSEGV' }) }),
      { kind: 'signal', signal: 'SIGSEGV' },
    ],
    [
      'a deadline, which wins over its signal',
      outcome({ exits: end({ signal: 'SIGKILL', timedOut: true }) }),
      { kind: 'timeout', deadlineMs: 500, signal: 'SIGKILL' },
    ],
    [
      'a command that could not be executed',
      outcome({
        started: false,
        failure: { step: 'exec nosuch', errno: 'ENOENT' },
      }),
      {
        ...{ kind: 'not-started', errno: 'ENOENT', code: 'COMMAND_NOT_FOUND' },
        message: 'The command nosuch was not found in PATH.',
        advice: 'Check its name, or write its whole path.',
      },
    ],
  ])('reads %s', (_name, given, termination) => {
    expect(readOutcome(given, context).observation?.termination).toEqual(termination);
  });

  it('tells a case that its own limits ended from one that its machine had no memory for', () => {
    const given = (shortage: NonNullable<SpawnOutcome['shortage']>): SpawnOutcome =>
      outcome({ exits: end({ signal: 'SIGKILL' }), shortage });
    const limited = given({ killed: 1, memoryLimit: 2, pidsLimit: 3 });
    expect(readOutcome(limited, context).observation?.notes).toEqual([
      'its limit of memory was reached, and the kernel ended 1 of its processes',
      'its limit of processes was reached',
    ]);
    const spoiled = given({ killed: 1, memoryLimit: 0, pidsLimit: 0 });
    expect(readOutcome(spoiled, context).infra?.code).toBe('VM_OUT_OF_MEMORY');
  });

  it('tells a program of another machine that ran all the same', () => {
    const amd64 = { machine: 0x3e, bits: 64, endianness: 'little' } as const;
    const ran = outcome({ exits: end({ code: 0 }), program: amd64 });
    const read = (platform: 'linux/arm64' | 'linux/amd64', from: 'image' | 'machine') =>
      readOutcome(ran, { ...context, program: { platform, from } }).observation;
    expect(read('linux/arm64', 'image')).toMatchObject({ foreignProgram: 'linux/amd64' });
    expect(read('linux/arm64', 'image')).not.toHaveProperty('notes');
    expect(read('linux/arm64', 'machine')?.notes).toEqual([expect.stringContaining('for amd64')]);
    expect(read('linux/arm64', 'machine')).not.toHaveProperty('foreignProgram');
    for (const from of ['image', 'machine'] as const) {
      expect(read('linux/amd64', from)).not.toHaveProperty('foreignProgram');
      expect(read('linux/amd64', from)).not.toHaveProperty('notes');
    }
    const wide = { ...amd64, bits: 32 } as const;
    expect(
      readOutcome(
        { ...ran, program: wide },
        { ...context, program: { platform: 'linux/amd64', from: 'image' } },
      ).observation,
    ).not.toHaveProperty('foreignProgram');
  });

  it('never takes a lost init for an exit code', () => {
    // The kernel ran out of memory, or somebody killed it: the subject's own end was not seen.
    const killed = { code: undefined, signal: 'SIGKILL' } as unknown as SpawnOutcome['init'];
    for (const lost of [
      outcome({ init: killed }),
      outcome({ started: false, init: killed }),
      outcome({ init: { code: 0 } }),
      outcome({ launcher: { code: 137, timedOut: false } }),
      outcome({ launcher: { code: 0, timedOut: false } }),
    ]) {
      const attempt = readOutcome(lost, context);
      expect(attempt.infra?.code).toBe('CASE_LOST');
      expect(attempt.observation).toBeUndefined();
    }
  });

  it('believes the runtime of a subject that was PID 1', () => {
    const pid1 = { ...context, isPid1: true };
    const read = (code: number) =>
      readOutcome(outcome({ launcher: { code, timedOut: false } }), pid1).observation?.termination;
    expect(read(5)).toEqual({ kind: 'exit', code: 5 });
    expect(read(139)).toEqual({ kind: 'signal', signal: 'SIGSEGV' });
  });

  it('knows what we killed ourselves', () => {
    const init = { signal: 'SIGKILL' } as SpawnOutcome['init'];
    const attempt = readOutcome(outcome({ init }), { ...context, killed: true });
    expect(attempt.observation?.termination).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  });

  it('tells a runtime that did not start the container from a subject that failed', () => {
    const output = { stdout: NOTHING, stderr: Buffer.from('crun: no such thing\n'), log: NOTHING };
    const attempt = readOutcome(
      outcome({ started: false, launcher: { code: 1, timedOut: false }, output }),
      context,
    );
    expect(attempt.infra).toMatchObject({ code: 'CONTAINER_NOT_STARTED' });
    expect(attempt.infra?.message).toContain('no such thing');
  });

  it('calls a full scratch file system the lane’s fault', () => {
    const space = [{ freeBytes: 0 }] as unknown as SpawnOutcome['space'];
    expect(readOutcome(outcome({ exits: end({ code: 1 }), space }), context).infra?.code).toBe(
      'SCRATCH_FULL',
    );
  });

  it('says which setup step failed and what it said', () => {
    const failed = { phase: 'setup', index: 0, code: 5 } as SpawnOutcome['stepFailures'][number];
    const output = { stdout: NOTHING, stderr: NOTHING, log: Buffer.from('no luck\n') };
    const { observation } = readOutcome(
      outcome({ started: false, stepFailures: [failed], output }),
      context,
    );
    expect(observation?.setupFailure).toBe('setup step 1 (make it) exited with 5: no luck');
  });

  it('says what of the changed files was not looked into', () => {
    const entry = (path: string, more: object): SpawnOutcome['entries'][number] => ({
      label: 0,
      path,
      mode: 0o100644,
      uid: 0,
      gid: 0,
      size: 1,
      xattrs: {},
      opaque: false,
      ...more,
    });
    const entries = [
      entry('/read', {}),
      ...['/a', '/b', '/c', '/d'].map((path) => entry(path, { size: 2 ** 40, unread: true })),
      entry('/deep', { mode: 0o040755, size: 0, unread: true }),
    ];
    const attempt = readOutcome(outcome({ exits: end({ code: 0 }), entries }), context);
    expect(attempt.observation?.notes).toEqual([
      'content not read, so only the size is compared: /a (1099511627776 bytes), /b (1099511627776 bytes), /c (1099511627776 bytes) and 1 more',
      'not entered, so what is inside is not compared: /deep',
    ]);
  });

  it('keeps a failed teardown as a note', () => {
    const failed = {
      phase: 'teardown',
      index: 1,
      signal: 'SIGKILL',
    } as SpawnOutcome['stepFailures'][number];
    const { observation } = readOutcome(
      outcome({ exits: end({ code: 0 }), stepFailures: [failed] }),
      context,
    );
    expect(observation?.notes).toEqual(['teardown step 2 failed (SIGKILL)']);
    expect(observation?.termination).toEqual({ kind: 'exit', code: 0 });
  });
});
