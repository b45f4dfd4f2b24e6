import { describe, expect, test } from 'vitest';
import type { ChangedFile, Expectation, TextExpectation } from '../../../src/core/index.ts';
import { evaluateChecks, expectationFor, hasChecks } from '../../../src/judge/checks.ts';
import { capture, changedFile, observe, type Seen } from './judge-data.ts';

function check(expectation: Expectation, seen: Seen | string) {
  return evaluateChecks(expectation, observe(seen), { platform: 'linux/arm64' });
}

describe('ends', () => {
  test.each([
    [{ exit: 0 }, { exit: 0 }, []],
    [{ exit: 0 }, { exit: 3 }, [{ check: 'exit 0', expected: 'exit 0', actual: 'exit 3' }]],
    [
      { exit: 139 },
      { termination: { kind: 'signal', signal: 'SIGSEGV' } },
      [{ check: 'exit 139', expected: 'exit 139', actual: 'killed by SIGSEGV' }],
    ],
    [{ signal: 'SIGSEGV' }, { termination: { kind: 'signal', signal: 'SIGSEGV' } }, []],
    [
      { signal: 'SIGSEGV' },
      { exit: 0 },
      [{ check: 'signal SIGSEGV', expected: 'killed by SIGSEGV', actual: 'exit 0' }],
    ],
    [
      { signal: 'SIGSEGV' },
      { termination: { kind: 'signal', signal: 'SIGABRT' } },
      [
        {
          check: 'signal SIGSEGV',
          expected: 'killed by SIGSEGV',
          actual: 'killed by SIGABRT',
        },
      ],
    ],
    [
      { exit: 0 },
      { termination: { kind: 'not-started', errno: 'ENOENT', message: 'no' } },
      [{ check: 'exit 0', expected: 'exit 0', actual: 'not started: ENOENT' }],
    ],
    [
      { exit: 0 },
      { termination: { kind: 'timeout', deadlineMs: 1000, code: 0 } },
      [{ check: 'exit 0', expected: 'exit 0', actual: 'still running after 1 s' }],
    ],
    [
      { signal: 'SIGTERM' },
      { termination: { kind: 'timeout', deadlineMs: 1000, signal: 'SIGTERM' } },
      [
        {
          check: 'signal SIGTERM',
          expected: 'killed by SIGTERM',
          actual: 'still running after 1 s',
        },
      ],
    ],
  ] as const)('%j on %j', (expectation, seen, failures) => {
    expect(check(expectation, seen)).toEqual(failures);
  });
});

describe('text', () => {
  test.each<[TextExpectation, string]>([
    [{ contains: 'ell' }, 'hello\n'],
    [{ equals: 'hello\n' }, 'hello\n'],
    [{ matches: '^hel+o' }, 'hello\n'],
    [{ matches: 'o$' }, 'hello'],
    [{ matches: '(?m)^world$' }, 'hello\nworld\n!'],
    [{ not: { contains: 'x' } }, 'hello\n'],
    [{ not: [{ contains: 'hello' }, { contains: 'x' }] }, 'hello\n'],
    [[{ contains: 'h' }, { matches: 'o' }], 'hello\n'],
    [[], 'anything'],
  ])('%j holds for %j', (stdout, text) => {
    expect(check({ stdout }, text)).toEqual([]);
  });

  test.each<
    [TextExpectation, string, { check: string; expected: string; actual: string; at?: string }]
  >([
    [
      { contains: 'app 1.3' },
      'starting\napp 1.2\n',
      {
        check: 'stdout contains app 1.3',
        expected: 'contains app 1.3',
        actual: 'app 1.2',
        at: 'line 2',
      },
    ],
    [
      { matches: '^app 1\\.3' },
      'first\napp 1.2\n',
      {
        check: 'stdout matches ^app 1\\.3',
        expected: 'matches ^app 1\\.3',
        actual: 'app 1.2',
        at: 'line 2',
      },
    ],
    // Without (?m), ^ and $ are the ends of the whole text.
    [
      { matches: '^world$' },
      'hello\nworld\n',
      {
        check: 'stdout matches ^world$',
        expected: 'matches ^world$',
        actual: 'world',
        at: 'line 2',
      },
    ],
    [
      { equals: 'a\nb\nc\n' },
      'a\nB\nc\n',
      { check: 'stdout equals a\\nb\\nc\\n', expected: 'b', actual: 'B', at: 'line 2' },
    ],
    [
      { equals: 'a\n' },
      'a',
      { check: 'stdout equals a\\n', expected: 'a', actual: 'a (no newline)', at: 'line 1' },
    ],
    [
      { equals: 'a b\n' },
      'a b \n',
      { check: 'stdout equals a b\\n', expected: 'a·b', actual: 'a·b·', at: 'line 1' },
    ],
    [
      { equals: 'a\n' },
      'a\nb\n',
      { check: 'stdout equals a\\n', expected: '(nothing more)', actual: 'b', at: 'line 2' },
    ],
    [
      { not: { contains: 'panic' } },
      'ok\nkernel panic\n',
      {
        check: 'stdout not contains panic',
        expected: 'not contains panic',
        actual: 'kernel panic',
        at: 'line 2',
      },
    ],
    [
      { contains: 'x' },
      '',
      { check: 'stdout contains x', expected: 'contains x', actual: '(empty)' },
    ],
    [
      { contains: 'zebra' },
      '1\n2\n3\n4\n',
      {
        check: 'stdout contains zebra',
        expected: 'contains zebra',
        actual: '1\n2\n3\n… (4 lines)',
      },
    ],
  ])('%j fails for %j', (stdout, text, failure) => {
    expect(check({ stdout }, text)).toEqual([failure]);
  });

  test('each member of a list fails on its own', () => {
    const failures = check({ stderr: [{ contains: 'a' }, { contains: 'b' }] }, { stderr: 'c' });
    expect(failures.map((failure) => failure.check)).toEqual([
      'stderr contains a',
      'stderr contains b',
    ]);
  });

  test('says that the output was truncated', () => {
    const seen = { ...observe(), stdout: capture('abc', 100) };
    const [failure] = evaluateChecks({ stdout: { contains: 'z' } }, seen, {
      platform: 'linux/arm64',
    });
    expect(failure?.actual).toBe('abc (truncated, 100 bytes in all)');
  });

  test('refuses what is not RE2', () => {
    expect(() => check({ stdout: { matches: 'a(?=b)' } }, 'a')).toThrow(
      expect.objectContaining({ code: 'PATTERN_INVALID' }),
    );
  });
});

describe('files', () => {
  const files: readonly ChangedFile[] = [
    changedFile('/out/x', { mode: 0o755, content: capture('hello\nworld\n') }),
    changedFile('/out/dir', { type: 'directory' }),
    changedFile('/out/big', { size: 9_000_000 }),
    changedFile('/old', { type: 'removed', mode: 0 }),
    changedFile('rel/y'),
    changedFile('rel./y', { mode: 0o600 }),
    changedFile('/out/long', { content: capture('abc', 100) }),
  ];
  const checkFiles = (...expected: NonNullable<Expectation['files']>) =>
    check({ files: expected }, { files });

  test('hold', () => {
    expect(
      checkFiles(
        {
          path: '/out/x',
          exists: true,
          type: 'file',
          mode: '0755',
          content: { contains: 'world' },
        },
        { path: '/out/dir/', type: 'directory' },
        { path: '/none', exists: false },
        { path: '/old', exists: false },
        { path: './rel/y' },
        { path: 'rel./y', mode: '0600' },
      ),
    ).toEqual([]);
  });

  test.each([
    [
      { path: '/none' },
      'file /none exists',
      'a file',
      'the case did not create or change it',
      '/none',
    ],
    [{ path: '/old', type: 'file' }, 'file /old exists', 'file', 'removed', '/old'],
    [
      { path: '/out/x', exists: false },
      'file /out/x does not exist',
      'no such file',
      'file',
      '/out/x',
    ],
    [{ path: '/out/x', mode: '0644' }, 'file /out/x mode 0644', '0644', '0755', '/out/x'],
    [
      { path: '/out/dir', type: 'symlink' },
      'file /out/dir is a symlink',
      'symlink',
      'directory',
      '/out/dir',
    ],
    [
      { path: '/out/x', content: { equals: 'hello\nWorld\n' } },
      'file /out/x content equals hello\\nWorld\\n',
      'World',
      'world',
      '/out/x: line 2',
    ],
    [
      { path: '/out/big', content: { contains: 'x' } },
      'file /out/big content',
      'content to look at',
      '9000000 bytes, which were not kept',
      '/out/big',
    ],
    [
      { path: '/out/long', content: { contains: 'z' } },
      'file /out/long content contains z',
      'contains z',
      'abc (truncated, 100 bytes in all)',
      '/out/long',
    ],
  ] as const)('%j fails', (file, checked, expected, actual, at) => {
    expect(checkFiles(file)).toEqual([{ check: checked, expected, actual, at }]);
  });

  test('a lane without files fails them', () => {
    expect(check({ files: [{ path: '/x', exists: false }] }, {})[0]?.actual).toBe(
      'this lane reports no files',
    );
  });
});

describe('what is looked at', () => {
  const config = {
    ...{ env: {}, labels: {}, entrypoint: [], cmd: [], workdir: '/', user: 'root' },
    ...{ ports: ['80/tcp'], volumes: [] },
  };
  const platform = 'linux/arm64';

  test('is the config of an image', () => {
    const judged = (user: string) =>
      evaluateChecks({ config: { user } }, { ...observe(), config }, { platform });
    expect(judged('root')).toEqual([]);
    expect(judged('app')).toMatchObject([{ actual: '"root"' }]);
  });

  test('must be there', () => {
    expect(check({ config: { user: 'root' } }, {})).toEqual([
      { check: 'config', expected: 'a config to look at', actual: 'this case inspects none' },
    ]);
  });

  test('is a fact, in the format in which it was printed', () => {
    const expectation = { facts: [{ name: 'value', matcher: '128' }] };
    const printedFacts = { format: 'value' } as const;
    const judged = (stdout: string) =>
      evaluateChecks(expectation, observe(stdout), { platform, printedFacts });
    expect(judged('128\n')).toEqual([]);
    expect(judged('64\n')).toMatchObject([{ actual: '64' }]);
  });

  test.each([
    [['80/tcp'], '80/tcp'],
    [['80/tcp', '443/tcp'], '80/tcp, 443/tcp'],
    [[], '(none)'],
  ])('of ports %j it shows %s', (ports, actual) => {
    const seen = { ...observe(), config: { ...config, ports } };
    expect(evaluateChecks({ config: { ports: { 53: true } } }, seen, { platform })).toEqual([
      { check: 'port 53 is declared', expected: '53', actual },
    ]);
  });
});

describe('expectationFor', () => {
  const expectation: Expectation = {
    exit: 0,
    stdout: { contains: 'a' },
    stderr: { equals: '' },
    files: [{ path: '/a' }, { path: '/b' }],
    platform: {
      'linux/arm64': {
        signal: 'SIGSEGV',
        stdout: { contains: 'b' },
        files: [{ path: '/b', exists: false }],
      },
    },
  };

  test('an overlay replaces what it names, and either end replaces both', () => {
    expect(expectationFor(expectation, 'linux/arm64')).toEqual({
      signal: 'SIGSEGV',
      stdout: { contains: 'b' },
      stderr: { equals: '' },
      files: [{ path: '/a' }, { path: '/b', exists: false }],
    });
  });

  test('other platforms keep the general one', () => {
    const { platform: _platform, ...general } = expectation;
    expect(expectationFor(expectation, 'linux/amd64')).toEqual(general);
  });

  test.each<readonly [string, Omit<Expectation, 'platform'>, Expectation, Expectation]>([
    ['what it does not name stays', { exit: 3 }, { stdout: [] }, { exit: 3, stdout: [] }],
    ['a signal stays', { signal: 'SIGHUP' }, { stdout: [] }, { signal: 'SIGHUP', stdout: [] }],
    ['an exit replaces a signal', { signal: 'SIGHUP' }, { exit: 0 }, { exit: 0 }],
    ['an exit replaces an exit', { exit: 3 }, { exit: 0 }, { exit: 0 }],
    ['a signal replaces an exit', { exit: 3 }, { signal: 'SIGHUP' }, { signal: 'SIGHUP' }],
    ['files stay', { files: [{ path: '/a' }] }, { exit: 0 }, { exit: 0, files: [{ path: '/a' }] }],
    ['files come', { exit: 0 }, { files: [{ path: '/a' }] }, { exit: 0, files: [{ path: '/a' }] }],
  ])('an overlay: %s', (_name, general, overlay, expected) => {
    const overlaid = { ...general, platform: { 'linux/arm64': overlay } };
    expect(expectationFor(overlaid, 'linux/arm64')).toStrictEqual(expected);
  });

  test('hasChecks sees overlays', () => {
    const overlaid: Expectation = { platform: { 'linux/arm64': { exit: 0 } } };
    expect(hasChecks(overlaid, 'linux/arm64')).toBe(true);
    expect(hasChecks(overlaid, 'linux/amd64')).toBe(false);
  });
});
