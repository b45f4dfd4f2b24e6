import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type {
  CaseDefinition,
  Expectation,
  KnownDivergence,
  Suite,
  TextExpectation,
} from '../../../src/core/index.ts';
import { parseSuite, serializeSuite } from '../../../src/suite/index.ts';

const FILE = '<generated>';

/** Text without NUL and without halves of surrogate pairs, which UTF-8 cannot hold. */
const text = fc.string({ unit: 'binary', maxLength: 20 }).filter((value) => !value.includes('\0'));
const filled = text.filter((value) => value.trim() !== '');
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,8}$/);
const name = fc
  .oneof(
    word,
    fc.constantFrom('yes', '1', '~', 'null', '# x', 'a: b', '- a', "it's", '{x}', '0x1f'),
  )
  .filter((value) => value === value.trim());
const ms = fc.integer({ min: 1, max: 2 ** 31 - 1 });

const textExpectation = fc.letrec<{ tree: TextExpectation }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    filled.map((contains) => ({ contains })),
    text.map((equals) => ({ equals })),
    fc.constantFrom('^app 1\\.2', 'a|b', '\\d+').map((matches) => ({ matches })),
    tie('tree').map((not) => ({ not })),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
})).tree;

function partial<T>(model: { [Key in keyof T]-?: fc.Arbitrary<Exclude<T[Key], undefined>> }) {
  return fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Partial<T>>;
}

const end = fc.oneof(
  fc.constant({}),
  fc.integer({ min: 0, max: 255 }).map((exit) => ({ exit })),
  fc.constantFrom('SIGSEGV', 'SIGFPE').map((signal) => ({ signal })),
);
const plainExpectation: fc.Arbitrary<Omit<Expectation, 'platform'>> = fc
  .tuple(
    end,
    partial<Pick<Expectation, 'stdout' | 'stderr'>>({
      stdout: textExpectation,
      stderr: textExpectation,
    }),
  )
  .map(([first, second]) => ({ ...first, ...second }));
const expectation: fc.Arbitrary<Expectation> = fc
  .tuple(plainExpectation, fc.option(plainExpectation, { nil: undefined }))
  .map(([all, here]) => (here === undefined ? all : { ...all, platform: { 'linux/arm64': here } }));

const known: fc.Arbitrary<KnownDivergence> = fc
  .record({ cause: fc.constantFrom('architecture', 'undecided'), reason: filled })
  .chain((base) =>
    partial<Pick<KnownDivergence, 'at' | 'until'>>({
      at: fc.constantFrom('exit', 'files:/out/x: mode'),
      until: fc.constantFrom('2027-06-30', '2028-02-29'),
    }).map((more) => ({ ...base, ...more })),
  );

const command: fc.Arbitrary<CaseDefinition['command']> = fc.oneof(
  fc.array(text, { minLength: 1, maxLength: 3 }).map((argv) => ({ kind: 'run' as const, argv })),
  filled.map((script) => ({ kind: 'shell' as const, script })),
  fc.array(text, { maxLength: 3 }).map((args) => ({ kind: 'subject' as const, args })),
  fc.constant({ kind: 'subject' as const }),
);

const timeout: fc.Arbitrary<CaseDefinition['timeout']> = fc.oneof(
  fc.constant({ kind: 'scaled' as const, nativeMs: 10_000 }),
  fc
    .tuple(ms, fc.dictionary(fc.constantFrom('emulated', 'vm', 'q10'), ms))
    .map(([literal, byLane]) => ({ kind: 'literal' as const, ms: literal, byLane: { ...byLane } })),
);

const commands = fc.array(fc.array(text, { minLength: 1, maxLength: 2 }), { maxLength: 2 });

/** What is declared or chosen must be compared, or the suite is refused. */
function withAspects(
  { compare, known }: Pick<CaseDefinition, 'compare' | 'known'>,
  files: boolean,
): CaseDefinition['compare'] {
  const places = known.map(({ at }) => at?.split(':', 1)[0]);
  const needed = (['exit', 'files'] as const).filter(
    (aspect) => places.includes(aspect) || (files && aspect === 'files'),
  );
  return [...new Set([...compare, ...needed])];
}

const definition = fc
  .record({
    name,
    tags: fc.uniqueArray(word, { maxLength: 3 }),
    command,
    env: fc.dictionary(word, text, { maxKeys: 3 }).map((env) => ({ ...env })),
    network: fc.constantFrom('none' as const, 'host' as const),
    setup: commands,
    teardown: commands,
    timeout,
    retries: fc.integer({ min: 0, max: 100 }),
    expect: expectation,
    compare: fc.uniqueArray(fc.constantFrom('exit', 'stdout', 'stderr', 'files')),
    normalize: fc.oneof(
      fc.constant(['arch', 'paths', 'time', 'pid', 'address'] as const),
      fc.array(
        text.map((to) => ({ replace: 'a+', with: to })),
        { maxLength: 2 },
      ),
    ),
    known: fc.array(known, { maxLength: 2 }),
    pid1: fc.constantFrom('init' as const, 'subject' as const),
    outputBytes: fc.integer({ min: 1, max: 2 ** 26 }),
    memoryBytes: fc.integer({ min: 1, max: 2 ** 40 }),
  })
  .chain(({ outputBytes, memoryBytes, ...base }) =>
    fc
      .tuple(
        fc.boolean(),
        partial<Pick<CaseDefinition, 'user' | 'workdir' | 'stdin' | 'files' | 'when'>>({
          user: filled,
          workdir: text.map((rest) => `/${rest}`),
          stdin: text.map((stdin) => ({ text: stdin })),
          files: fc.array(
            filled.filter((glob) => !/[[\]{}]/.test(glob)),
            { minLength: 1, maxLength: 2 },
          ),
          when: fc.constantFrom({ lane: ['vm'] }, { platform: ['linux/arm64' as const] }),
        }),
      )
      .map(([limited, optional]) => ({
        ...base,
        ...optional,
        compare: withAspects(base, optional.files !== undefined),
        ...(limited ? { mayKeepRunning: true as const } : {}),
        fixtures: [],
        limits: { outputBytes, ...(limited ? { memoryBytes, pids: 64 } : {}) },
      })),
  );

/** Of an image: nothing is started, so nothing of that can be said. */
const inspection = fc
  .tuple(definition, fc.constantFrom('programs' as const, 'files' as const))
  .map(([{ mayKeepRunning: _m, user: _u, workdir: _w, stdin: _s, ...base }, what]) => ({
    ...base,
    command: { kind: 'inspect' as const, what },
    env: {},
    network: 'none' as const,
    setup: [],
    teardown: [],
    pid1: 'init' as const,
  }));

const subject: fc.Arbitrary<CaseDefinition['subject']> = fc.oneof(
  fc.constantFrom('docker://debian:13', 'oci:/a b/c:1'.replace(' ', '-')).map((reference) => ({
    kind: 'image' as const,
    reference,
  })),
  fc.constant({ kind: 'binary' as const, paths: { 'linux/arm64': process.execPath } }),
);

type Drawn = Omit<CaseDefinition, 'id' | 'suite' | 'subject'>;

/** A binary cannot be inspected, and runs as its caller. */
function withoutImage({ user: _user, ...one }: Drawn): Drawn {
  return one.command.kind === 'inspect' ? { ...one, command: { kind: 'subject' } } : one;
}

const suite: fc.Arbitrary<Suite> = fc
  .record({
    name,
    subject,
    lanes: fc.uniqueArray(fc.constantFrom('native', 'q=emulated,cpu=max', 'vm')),
    secrets: fc.uniqueArray(word, { maxLength: 2 }),
    cases: fc.uniqueArray(fc.oneof(definition, definition, inspection), {
      minLength: 1,
      maxLength: 3,
      selector: (one) => one.name,
    }),
  })
  .map((made) => ({
    version: 1,
    name: made.name,
    file: FILE,
    lanes: made.lanes,
    secrets: made.secrets,
    cases: made.cases.map((one) => ({
      ...(made.subject.kind === 'binary' ? withoutImage(one) : one),
      id: `${made.name}/${one.name}`,
      suite: made.name,
      subject: made.subject,
    })),
  }));

function parseWithoutPositions(yaml: string): Suite {
  const parsed = parseSuite(yaml, FILE);
  return {
    ...parsed,
    cases: parsed.cases.map(({ position: _position, ...definitionOnly }) => definitionOnly),
  };
}

describe('serializeSuite', () => {
  it('writes what parseSuite reads back', () => {
    fc.assert(
      fc.property(suite, (made) => {
        expect(parseWithoutPositions(serializeSuite(made))).toEqual(made);
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('writes for readers: no defaults, commands on one line', () => {
    const yaml = `version: 1
name: app
subject:
  image: docker://debian:13
cases:
  - name: prints its version
    run: [app, --version]
    timeout: 90s
    expect:
      stdout:
        matches: ^app 1\\.2
  - name: starts
`;
    expect(serializeSuite(parseSuite(yaml, FILE))).toBe(yaml);
  });

  it('refuses what the format has no words for', () => {
    const parsed = parseSuite(
      'version: 1\nname: s\nsubject: {image: x}\ncases: [{name: a}, {name: b}]',
      FILE,
    );
    const change = (changed: Partial<CaseDefinition>) => () =>
      serializeSuite({
        ...parsed,
        cases: parsed.cases.map((one, index) => (index === 0 ? { ...one, ...changed } : one)),
      });
    expect(change({ subject: { kind: 'image', reference: 'y' } })).toThrow(TypeError);
    expect(change({ timeout: { kind: 'scaled', nativeMs: 5 } })).toThrow(TypeError);
    expect(() => serializeSuite({ ...parsed, cases: [] })).toThrow(TypeError);
  });
});
