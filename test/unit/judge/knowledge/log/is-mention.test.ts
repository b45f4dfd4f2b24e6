import { expect, test } from 'vitest';
import { isMention } from '../../../../../src/judge/knowledge/log/is-mention.ts';

test.each([
  '# exec format error',
  '- exec /bin/sh: exec format error',
  "+ grep -q 'exec format error' log",
  'HEAD is now at 3f9c2ab Fix exec format error',
  'fix(docker): exec format error',
  '    ✓ reports exec /bin/sh: exec format error',
  '--- PASS: TestExecFormatError (0.00s)',
  'test exec_format_error ... ok',
  'If you see exec format error, register QEMU',
  'RUN echo "exec format error"',
])('%s', (line) => {
  expect(isMention(line)).toBe(true);
});

test.each([
  'exec /bin/sh: exec format error',
  '# A fatal error has been detected by the Java Runtime Environment:',
  'bash: ./tool: cannot execute binary file: Exec format error',
  'time="2025-01-01" level=fatal msg="exec format error"',
  '--- FAIL: TestExec (0.00s)',
])('is a failure: %s', (line) => {
  expect(isMention(line)).toBe(false);
});
