import fc from 'fast-check';

import {
  type Attempt,
  captureBytes,
  type CaseDefinition,
  type CaseResult,
  RECORD_VERSION,
  type RunEvent,
  VERDICT_PRECEDENCE,
} from '../../../src/core/index.ts';

const at = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
/** Any UTF-16, lone surrogates too: JSON must carry it. */
const text = fc.string({ unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
const id = fc.oneof(text, fc.constantFrom('native', 'emulated', '__proto__', 'constructor'));
const number = fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 });
const captured = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 5 }))
  .map(([bytes, more]) => captureBytes(bytes, bytes.length + more));
const dictionary = fc.dictionary(id, text, { maxKeys: 4, noNullPrototype: true });

const termination = fc.oneof(
  fc.record({ kind: fc.constant('exit' as const), code: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant('signal' as const), signal: text }),
  fc.record({ kind: fc.constant('timeout' as const), deadlineMs: fc.nat() }),
  fc.record({ kind: fc.constant('not-started' as const), errno: text, message: text }),
);
const file = fc.record(
  {
    path: text,
    type: fc.constantFrom('file' as const, 'directory' as const, 'removed' as const),
    mode: fc.nat({ max: 0o7777 }),
    uid: fc.nat(),
    gid: fc.nat(),
    size: fc.nat(),
    xattrs: fc.dictionary(id, fc.base64String({ maxLength: 16 }), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
    content: captured,
  },
  { requiredKeys: ['path', 'type', 'mode', 'uid', 'gid', 'size'], noNullPrototype: true },
);
const service = fc.record(
  {
    readyMs: number,
    companions: fc.array(fc.record({ name: text, readyMs: number }, { noNullPrototype: true }), {
      maxLength: 2,
    }),
    exchanges: fc.array(
      fc.oneof(
        fc.record(
          {
            kind: fc.constant('http' as const),
            label: text,
            wallMs: number,
            status: fc.nat({ max: 599 }),
            headers: fc.array(fc.tuple(text, text), { maxLength: 2 }),
            body: captured,
          },
          { noNullPrototype: true },
        ),
        fc.record(
          {
            kind: fc.constant('failed' as const),
            label: text,
            wallMs: number,
            message: text,
            timedOut: fc.boolean(),
          },
          { noNullPrototype: true },
        ),
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ['companions', 'exchanges'], noNullPrototype: true },
);
const observation = fc.record(
  {
    termination,
    stdout: captured,
    stderr: captured,
    files: fc.array(file, { maxLength: 2 }),
    wallMs: number,
    userMs: number,
    sysMs: number,
    maxRssKb: fc.nat(),
    instructions: fc.nat(),
    notes: fc.array(text, { maxLength: 2 }),
    service,
  },
  {
    requiredKeys: ['termination', 'stdout', 'stderr', 'wallMs', 'userMs', 'sysMs', 'maxRssKb'],
    noNullPrototype: true,
  },
);

const arbitraryAttempt: fc.Arbitrary<Attempt> = fc.oneof(
  fc.record({ number: fc.nat({ max: 4 }), observation }, { noNullPrototype: true }),
  fc.record({ number: fc.nat({ max: 4 }), unsupported: text }, { noNullPrototype: true }),
  fc.record(
    { number: fc.nat({ max: 4 }), infra: fc.record({ code: text, message: text }) },
    { noNullPrototype: true },
  ),
);

const definition: fc.Arbitrary<CaseDefinition> = fc.record(
  {
    id,
    suite: text,
    name: text,
    tags: fc.array(text, { maxLength: 2 }),
    subject: fc.record({ kind: fc.constant('image' as const), reference: text }),
    command: fc.record({ kind: fc.constant('run' as const), argv: fc.array(text) }),
    env: dictionary,
    network: fc.constantFrom('none' as const, 'host' as const),
    fixtures: fc.array(text, { maxLength: 1 }),
    setup: fc.constant([]),
    teardown: fc.constant([['true']]),
    timeout: fc.record({ kind: fc.constant('scaled' as const), nativeMs: fc.nat() }),
    retries: fc.nat({ max: 3 }),
    limits: fc.record({ outputBytes: fc.nat() }),
    expect: fc.record({ exit: fc.nat({ max: 255 }) }),
    compare: fc.constant(['exit', 'stdout'] as const),
    normalize: fc.constant(['arch'] as const),
    known: fc.constant([]),
    pid1: fc.constant('init' as const),
  },
  { noNullPrototype: true },
);

const result: fc.Arbitrary<CaseResult> = fc.record(
  {
    definition,
    verdict: fc.constantFrom(...VERDICT_PRECEDENCE),
    cause: fc.constantFrom('architecture' as const, 'undecided' as const),
    lanes: fc.dictionary(
      id,
      fc.record(
        {
          verdict: fc.constantFrom(...VERDICT_PRECEDENCE),
          attempts: fc.array(arbitraryAttempt, { maxLength: 3 }),
          failures: fc.array(fc.record({ check: text, expected: text, actual: text }), {
            maxLength: 2,
          }),
        },
        { noNullPrototype: true },
      ),
      { maxKeys: 3, noNullPrototype: true },
    ),
    differences: fc.array(
      fc.record({
        between: fc.tuple(id, id),
        what: fc.constantFrom('stdout' as const, 'files' as const),
        left: text,
        right: text,
      }),
      { maxLength: 2 },
    ),
    hidden: fc.constant([]),
    reason: text,
  },
  {
    requiredKeys: ['definition', 'verdict', 'lanes', 'differences', 'hidden'],
    noNullPrototype: true,
  },
);

const summary = fc.record({
  match: fc.nat(),
  mismatch: fc.nat(),
  diverged: fc.nat(),
  flaky: fc.nat(),
  timeout: fc.nat(),
  unsupported: fc.nat(),
  skipped: fc.nat(),
  infraError: fc.nat(),
  known: fc.nat(),
  total: fc.nat(),
});

const arbitraryStart: fc.Arbitrary<RunEvent> = fc.record(
  {
    type: fc.constant('run-started' as const),
    recordVersion: fc.constant(RECORD_VERSION),
    runId: text,
    at,
    archparity: text,
    argv: fc.array(text),
    cwd: text,
    host: dictionary,
    suites: fc.array(fc.record({ name: text, file: text })),
    caseCount: fc.nat(),
    attemptCount: fc.nat(),
    strict: fc.boolean(),
  },
  { noNullPrototype: true },
);

/** Any event after the first, in no sensible order. */
export const arbitraryEvent: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({ type: fc.constant('case-started' as const), at, definition }),
  fc.record({
    type: fc.constant('attempt-started' as const),
    at,
    caseId: id,
    laneId: id,
    number: fc.nat(),
  }),
  fc.record({
    type: fc.constant('attempt-finished' as const),
    at,
    caseId: id,
    laneId: id,
    attempt: arbitraryAttempt,
  }),
  fc.record({ type: fc.constant('case-finished' as const), at, result }),
  fc.record({ type: fc.constant('warning' as const), at, message: text, advice: text }),
  fc.record({
    type: fc.constant('lane-failed' as const),
    at,
    laneId: id,
    failure: fc.record({ code: text, message: text }),
  }),
  fc.record({
    type: fc.constant('run-finished' as const),
    at,
    summary,
    durationMs: number,
    exitCode: fc.nat({ max: 255 }),
    interrupted: fc.boolean(),
  }),
);

/**
 * A case as the executor tells of it: its attempts one by one, then the result that holds them all,
 * or all but some, in another order.
 */
const arbitraryCase: fc.Arbitrary<readonly RunEvent[]> = fc
  .tuple(result, at, fc.boolean())
  .map(([value, time, reversed]) => {
    const lanes = Object.entries(value.lanes);
    const attempts = lanes.flatMap(([laneId, lane]) =>
      lane.attempts.map((attempt): RunEvent => ({
        type: 'attempt-finished',
        at: time,
        caseId: value.definition.id,
        laneId,
        attempt,
      })),
    );
    if (reversed) attempts.reverse();
    return [...attempts, { type: 'case-finished', at: time, result: value }];
  });

/** A whole record: a start and anything after it. */
export const arbitraryRun: fc.Arbitrary<readonly RunEvent[]> = fc
  .tuple(
    arbitraryStart,
    fc.array(
      fc.oneof(
        arbitraryCase,
        arbitraryEvent.map((event) => [event]),
      ),
      { maxLength: 5 },
    ),
  )
  .map(([start, rest]) => [start, ...rest.flat()]);
