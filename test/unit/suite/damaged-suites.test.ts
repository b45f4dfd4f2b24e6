import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { ArchParityError, ExitCode } from '../../../src/core/index.ts';
import { loadSuiteFile } from '../../../src/suite/index.ts';
import { damagedText, FUZZ_RUNS } from '../damage.ts';

const FILES = {
  'a suite': ['suites/smoke.yaml', 'suites/divergence.yaml', 'test/fixtures/suites/services.yaml'],
  'a file of container-structure-test': [
    'test/fixtures/container-tests/debian-tools.yaml',
    'test/fixtures/container-tests/debian-tools-failing.json',
    'test/fixtures/container-tests/run-options.yaml',
  ],
  'a file of goss': [
    'test/fixtures/container-tests/goss.yaml',
    'test/fixtures/container-tests/goss-vars.yaml',
    'test/fixtures/container-tests/goss.d/groups.yaml',
  ],
};

const directory = mkdtempSync(join(tmpdir(), 'parity-damaged-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Short enough for the reader to be tried often, and damaged where it matters. */
const pieceOf = (file: string): string => readFileSync(file, 'utf8').slice(0, 6000);

it.each(Object.entries(FILES))(
  '%s that is damaged is read, or refused with what is wrong',
  { timeout: 600_000 },
  async (_what, files) => {
    await fc.assert(
      fc.asyncProperty(damagedText(files.map(pieceOf)), async (text) => {
        const file = join(directory, 'damaged.yaml');
        writeFileSync(file, text);
        const options = {
          subject: { kind: 'image', reference: 'oci:x' } as const,
          environment: {},
        };
        const read = await loadSuiteFile(file, options).catch((error: unknown) => error);
        if (read instanceof ArchParityError) {
          expect(read.exitCode).toBe(ExitCode.usage);
          expect(read.message).not.toBe('');
        } else expect(read).toHaveProperty('cases');
      }),
      { numRuns: FUZZ_RUNS },
    );
    expect(Object.prototype).not.toHaveProperty('x');
  },
);
