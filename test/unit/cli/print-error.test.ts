import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { printError } from '../../../src/cli/print-error.ts';
import { ArchParityError, usageError } from '../../../src/core/index.ts';

// stderr is the one thing that cannot be real here: the test runner has it.
let stderr: MockInstance<typeof process.stderr.write>;
let written = '';
beforeEach(() => {
  written = '';
  stderr = vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
});
afterEach(() => {
  stderr.mockRestore();
});

const error = new ArchParityError({
  code: 'A_CODE',
  message: 'It happened.',
  advice: 'Do this.',
  cause: new Error('the reason'),
});

describe('printError', () => {
  it('says what happened, what to do and the code, and no more', async () => {
    expect(await printError(error, false)).toBe(3);
    expect(written).toBe('archparity: It happened.\n  Do this.\n  (A_CODE)\n');
  });

  it('adds stack and cause when asked', async () => {
    await printError(error, true);
    expect(written).toContain('caused by Error: the reason');
    expect(written).toMatch(/\n\s+at /);
  });

  it('gives usage errors their exit code, with or without advice', async () => {
    expect(await printError(usageError('U', 'Wrong.'), false)).toBe(2);
    expect(written).toBe('archparity: Wrong.\n  (U)\n');
  });

  it('shows the places in files first', async () => {
    const position = { file: 's.yaml', line: 3, column: 5 };
    const diagnostics = [
      { position, message: 'unknown key "tiemout"', hint: 'did you mean "timeout"?' },
    ];
    await printError(
      new ArchParityError({
        code: 'SUITE_INVALID',
        message: 'One mistake.',
        exitCode: 2,
        diagnostics,
      }),
      false,
    );
    expect(written).toMatch(/^s\.yaml:3:5.*tiemout[^]*timeout[^]*archparity: One mistake\./);
  });

  it.each([new TypeError('oops'), 'a string', undefined])(
    'calls anything else our own bug: %s',
    async (thrown) => {
      expect(await printError(thrown, false)).toBe(70);
      expect(written).toMatch(/^archparity: this is a bug in archparity: /);
    },
  );
});
