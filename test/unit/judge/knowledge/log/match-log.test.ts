import { describe, expect, test } from 'vitest';
import { createLogMatcher } from '../../../../../src/judge/knowledge/log/match-log.ts';
import { prepareSigns } from '../../../../../src/judge/knowledge/log/prepare-signs.ts';

const PREPARED = prepareSigns();

function match(...chunks: readonly (string | Buffer)[]) {
  const matcher = createLogMatcher(PREPARED);
  for (const chunk of chunks) matcher.push(Buffer.from(chunk));
  return matcher.end();
}

const FAILURE = 'exec /app: exec format error';

test('a cause that repeats is one finding with a count and its first line', () => {
  const { findings, lines } = match(`start\n${`${FAILURE}\nretry\n`.repeat(1000)}`);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toMatchObject({ count: 1000, line: { number: 2, text: FAILURE } });
  expect(lines).toBe(2001);
});

test('the excerpt has two lines on each side', () => {
  const { findings } = match(`a\nb\nc\n${FAILURE}\nd\ne\nf\n`);
  expect(findings[0]?.excerpt).toEqual([
    { number: 2, text: 'b' },
    { number: 3, text: 'c' },
    { number: 4, text: FAILURE },
    { number: 5, text: 'd' },
    { number: 6, text: 'e' },
  ]);
});

test.each([1, 2, 7, 31])('pieces of %i bytes give what the whole gives', (size) => {
  const log = Buffer.from(`one\ntwo\n${FAILURE}\nthree\n\u00e4\u00f6\u00fc\nlast`);
  const chunks = Array.from({ length: Math.ceil(log.length / size) }, (_, index) =>
    log.subarray(index * size, (index + 1) * size),
  );
  expect(match(...chunks)).toEqual(match(log));
  expect(match(log).findings[0]?.line.number).toBe(3);
});

test('the last line needs no newline', () => {
  expect(match(`ok\n${FAILURE}`).findings[0]?.line.number).toBe(2);
});

test('an endless line is read in pieces and keeps its number', () => {
  const { findings } = match(`first\n${'x'.repeat(100_000)}\n${FAILURE}\n`);
  expect(findings[0]?.line.number).toBe(3);
});

test('invalid UTF-8, NUL and other bytes are no obstacle', () => {
  const noise = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37) % 256));
  const { findings } = match(noise, `\n\xff\xfe\n`, Buffer.from([0xc3, 0x28, 0x0a]), FAILURE);
  expect(findings.map(({ entry }) => entry.id)).toEqual(['exec-format-error']);
});

test('an empty log has no lines', () => {
  expect(match()).toEqual({ findings: [], facts: [], lines: 0 });
});

describe('context', () => {
  const crash = 'qemu: uncaught target signal 11 (Segmentation fault) - core dumped';
  const id = (log: string) => match(log).findings[0]?.entry.id;

  test('of the same step of BuildKit decides', () => {
    expect(id(`#7 1.0 Processing triggers for libc-bin (2.36)\n#7 1.1 ${crash}\n`)).toBe(
      'ldconfig-crash',
    );
    expect(id(`#7 1.0 Processing triggers for libc-bin (2.36)\n#8 1.1 ${crash}\n`)).toBe(
      'qemu-crash-signal',
    );
  });

  test('may come after the line, and not from far away', () => {
    const after = 'dpkg: error processing package libc-bin (--configure):';
    expect(id(`${crash}\n${after}\n`)).toBe('ldconfig-crash');
    expect(id(`${crash}\n${'x\n'.repeat(50)}${after}\n`)).toBe('qemu-crash-signal');
  });

  test('of the whole log decides even when it comes last', () => {
    const oom = 'process did not complete successfully: exit code: 137\n';
    expect(id(oom)).toBeUndefined();
    expect(id(`${oom}${'x\n'.repeat(200)}[linux/arm64 2/3] RUN make\n`)).toBe(
      'emulated-out-of-memory',
    );
  });
});
