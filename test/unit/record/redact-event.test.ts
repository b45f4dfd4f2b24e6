import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { captureBytes, type CapturedBytes, type RunEvent } from '../../../src/core/index.ts';
import { createRedactor } from '../../../src/record/index.ts';
import { arbitraryEvent, arbitraryRun } from './arbitrary-event.ts';
import { START, warning } from './record-files.ts';

const SECRET = 'p/ss wörd+"1"';

function attemptWith(stdout: CapturedBytes): RunEvent {
  const none = captureBytes(Buffer.alloc(0));
  return {
    type: 'attempt-finished',
    at: START.at,
    caseId: 'app/x',
    laneId: 'native',
    attempt: {
      number: 1,
      observation: {
        termination: { kind: 'exit', code: 0 },
        ...{ stdout, stderr: none, wallMs: 1, userMs: 1, sysMs: 0, maxRssKb: 1 },
      },
    },
  };
}

function stdoutOf(event: RunEvent): Buffer {
  if (event.type !== 'attempt-finished') throw new Error('another event');
  const stdout = event.attempt.observation?.stdout;
  return Buffer.from(stdout?.data ?? '', stdout?.encoding);
}

describe('createRedactor', () => {
  it.each([
    ['itself', SECRET],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64url', Buffer.from(SECRET).toString('base64url')],
    ['percent', encodeURIComponent(SECRET)],
    [
      'lower-case percent',
      encodeURIComponent(SECRET).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['JSON', JSON.stringify(SECRET).slice(1, -1)],
    ['ASCII JSON', JSON.stringify(SECRET).slice(1, -1).replace('ö', '\\u00f6')],
    ['octal with C escapes', String.raw`p/ss w\303\266rd+\"1\"`],
    ['octal alone', String.raw`p/ss w\303\266rd+"1"`],
  ])('finds %s', (_, form) => {
    const redactor = createRedactor({ secrets: [SECRET] });
    const found = redactor.redactText(`before ${form} after`);
    expect(found).toContain('[redacted]');
    expect(found).not.toContain(form);
    expect(found).toMatch(/^before .* after$/);
  });

  it.each(['', 'a', 'ab', 'user:'])('finds base64 of a longer text that begins "%s"', (before) => {
    const redactor = createRedactor({ secrets: ['hunter2hunter2'] });
    const header = Buffer.from(`${before}hunter2hunter2, and more`).toString('base64');
    const found = Buffer.from(redactor.redactText(header).split('[redacted]')[0] ?? '', 'base64');
    expect(redactor.redactText(header)).toContain('[redacted]');
    expect(found.toString()).not.toContain('hunter');
  });

  it('finds a secret among bytes', () => {
    const stdout = captureBytes(Buffer.from('\xff\xfehunter22\xff', 'latin1'));
    expect(stdout.encoding).toBe('base64');
    const event = createRedactor({ secrets: ['hunter22'] }).redactEvent(attemptWith(stdout));
    expect(stdoutOf(event).toString('latin1')).toBe('\xff\xfe[redacted]\xff');
  });

  it('finds the beginning of a secret where the output was cut', () => {
    const stdout = captureBytes(Buffer.from('token=hunter2hun'), 100);
    const redactor = createRedactor({ secrets: ['hunter2hunter2'] });
    expect(stdoutOf(redactor.redactEvent(attemptWith(stdout))).toString()).toBe('token=[redacted]');
    const whole = captureBytes(Buffer.from('token=hunter2hun'));
    expect(redactor.redactEvent(attemptWith(whole))).toEqual(attemptWith(whole));
  });

  describe('of a trace', () => {
    const redactor = createRedactor({ secrets: ['hunter2\u00017\u0001ö', SECRET] });
    const trace = (text: string, truncated = false): string =>
      redactor.redactTrace({ format: 'strace', text, truncated }).text;

    it('finds a secret as strace, git and QEMU escape it', () => {
      for (const form of [
        String.raw`hunter2\0017\1\303\266`,
        String.raw`hunter2\0017\001\303\266`,
        String.raw`hunter2\17\1\303\266`,
      ])
        expect(trace(`9 write(1, "a ${form}b", 14) = 14`)).toBe(
          '9 write(1, "a [redacted]b", 14) = 14',
        );
    });

    it('finds the beginning of a secret wherever a text is cut', () => {
      expect(
        trace(
          [
            '9 execve("/a", ["a", "--key=hunter"..., "p/ss"...], 0x1) = 0',
            String.raw`9 write(1, "x p/ss w\303"..., 300) = 300`,
            String.raw`9 write(1, "hunter2\1"..., 300) = 300`,
            '9 write(1, "a hunter"..., 300) = 300',
            '9 write(1, "a hunter", 8) = 8',
            '9 write(1, "plain"..., 300) = 300',
          ].join('\n'),
        ),
      ).toBe(
        [
          '9 execve("/a", ["a", "--key=[redacted]"..., "[redacted]"...], 0x1) = 0',
          '9 write(1, "x [redacted]"..., 300) = 300',
          '9 write(1, "[redacted]"..., 300) = 300',
          '9 write(1, "a [redacted]"..., 300) = 300',
          '9 write(1, "a hunter", 8) = 8',
          '9 write(1, "plain"..., 300) = 300',
        ].join('\n'),
      );
    });

    it('finds it at the end of a trace that was cut', () => {
      expect(trace('9 write(1, "hunte', true)).toBe('9 write(1, "[redacted]');
      expect(trace('9 write(1, "hunte')).toBe('9 write(1, "hunte');
    });
  });

  it('finds the lines of a secret in a diff', () => {
    const redactor = createRedactor({ secrets: ['first-line-of-it\nsecond-line-of-it'] });
    expect(redactor.redactText('-first-line-of-it\n-second-line-of-it\n')).toBe(
      '-[redacted]\n-[redacted]\n',
    );
  });

  it.each([
    ['GitHub', `ghp_${'a1B2'.repeat(9)}`],
    ['GitHub, fine-grained', `github_pat_${'a1B2_'.repeat(12)}`],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['Slack', 'xoxb-123456789012-abcdefABCDEF'],
    ['npm', `npm_${'a1B2'.repeat(9)}`],
    ['JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl-_x'],
  ])('knows the shape of a token of %s', (_, token) => {
    const redactor = createRedactor({ secrets: [] });
    expect(redactor.redactText(`a "${token}" b`)).toBe('a "[redacted]" b');
    expect(redactor.redactText(`{"log":"x\\n${token}"}`)).toBe('{"log":"x\\n[redacted]"}');
    expect(createRedactor({ secrets: [], patterns: false }).redactText(token)).toBe(token);
  });

  it('knows private keys and credentials in headers', () => {
    const { redactText } = createRedactor({ secrets: [] });
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIE+/x=\n-----END RSA PRIVATE KEY-----';
    expect(redactText(`a\n${key}\nb`)).toBe('a\n[redacted]\nb');
    expect(redactText(`a ${key.slice(0, 38)}`)).toBe('a [redacted]');
    expect(redactText(JSON.stringify({ key }))).toBe('{"key":"[redacted]"}');
    expect(redactText('> Authorization: Bearer abc.DEF-1=\n> Host: x')).toBe(
      '> Authorization: Bearer [redacted]\n> Host: x',
    );
    expect(redactText('{"authorization":"basic dTpw"}')).toBe(
      '{"authorization":"basic [redacted]"}',
    );
  });

  it('leaves words of the format alone', () => {
    const event: RunEvent = { ...warning('a warning') };
    const redactor = createRedactor({ secrets: ['warning', '2026', 'type'] });
    expect(redactor.redactEvent(event)).toEqual({ ...event, message: 'a [redacted]' });
  });

  it('keeps two names apart that differ in a secret', () => {
    const event: RunEvent = { ...START, host: { hunter2: '1', hunter3: '2' } };
    const redactor = createRedactor({ secrets: ['hunter2', 'hunter3'] });
    expect(redactor.redactEvent(event)).toMatchObject({
      host: { '[redacted]': '1', '[redacted] 2': '2' },
    });
  });

  it('counts secrets that are too short', () => {
    expect(createRedactor({ secrets: ['abc', '', 'long enough'] }).ignoredSecrets).toBe(1);
  });

  it('gives back the same object when there is nothing to hide', () => {
    const redactor = createRedactor({ secrets: ['a-secret-that-is-nowhere'] });
    fc.assert(
      fc.property(arbitraryEvent, (event) => {
        expect(redactor.redactEvent(event)).toBe(event);
      }),
    );
  });

  it('never leaves a secret', { timeout: 30_000 }, () => {
    const secret = fc
      .string({ unit: 'grapheme', minLength: 4, maxLength: 12 })
      .filter((value) => value.trim().length >= 4 && !/[[\]]|^[redact]+$/u.test(value));
    fc.assert(
      fc.property(arbitraryRun, secret, fc.integer({ min: 0, max: 6 }), (events, value, form) => {
        const forms = [
          value,
          Buffer.from(value).toString('base64'),
          Buffer.from(value).toString('base64url'),
          encodeURIComponent(value),
          JSON.stringify(value).slice(1, -1),
          Buffer.from(`x${value}`).toString('base64'),
          value,
        ];
        const redactor = createRedactor({ secrets: [value] });
        const spread = plant(events, forms[form] ?? value);
        const left = collectText(spread.map((event) => redactor.redactEvent(event)));
        expect(left.filter((text) => text.includes(value))).toEqual([]);
        expect(left.filter((text) => text.includes(forms[form] ?? value))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is not slow on hostile text', () => {
    const redactor = createRedactor({ secrets: ['hunter2hunter2'] });
    const pieces = [
      'eyJ',
      'ghp_',
      '-----BEGIN PRIVATE KEY-----\0',
      'authorization: ',
      'xox',
      '-----BEGIN ',
    ];
    const start = performance.now();
    for (const piece of pieces) redactor.redactText(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

/** Puts a text into every free string, every captured output (as text and among bytes) and env. */
function plant(events: readonly RunEvent[], secret: string): readonly RunEvent[] {
  const bytes = Buffer.concat([Buffer.from([0xff, 0]), Buffer.from(secret), Buffer.from([0xff])]);
  const planted: RunEvent[] = [
    { ...START, argv: [`--x=${secret}`], host: { [secret]: `a${secret}b` } },
    attemptWith(captureBytes(Buffer.from(`a${secret}`))),
    attemptWith(captureBytes(bytes)),
    warning(`${secret}${secret} ${secret}`),
  ];
  return [...planted, ...events];
}

/** Every string of a value that is data, base64 decoded. */
function collectText(value: unknown, key = ''): string[] {
  if (typeof value === 'string') {
    return ['type', 'verdict', 'kind', 'encoding', 'at', 'cause'].includes(key) ? [] : [value];
  }
  if (Array.isArray(value)) return value.flatMap((item: unknown) => collectText(item, key));
  if (typeof value !== 'object' || value === null) return [];
  if ('encoding' in value && value.encoding === 'base64' && 'data' in value) {
    return [Buffer.from(String(value.data), 'base64').toString('latin1')];
  }
  if (key === 'xattrs') {
    return Object.values(value).map((item) =>
      Buffer.from(String(item), 'base64').toString('latin1'),
    );
  }
  const dataKeyed = ['host', 'env', 'lanes'].includes(key);
  return Object.entries(value).flatMap(([name, item]) => [
    ...(dataKeyed ? [name] : []),
    ...collectText(item, name),
  ]);
}
