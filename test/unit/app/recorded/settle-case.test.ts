import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settleCase } from '../../../../src/app/recorded/settle-case.ts';
import type { RecordedCase } from '../../../../src/app/recorded/recorded-case.ts';
import { makeCase } from '../../plan/make-case.ts';
import { makeRecorded } from './make-recorded.ts';

const SECRET = 'correct-horse-battery-staple';

let cwd = '';
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'parity-settle-'));
});
afterAll(() => {
  rmSync(cwd, { recursive: true });
});

function suiteOf(lines: readonly string[]): string {
  const file = join(cwd, 'suite.yaml');
  writeFileSync(file, `${['version: 1', 'name: app', ...lines].join('\n')}\n`);
  return file;
}

const SUBJECT = 'subject: {image: "oci:app:x"}';

function recordedFrom(file: string, changes: Partial<RecordedCase> = {}): RecordedCase {
  const recorded = makeRecorded(changes);
  const definition = makeCase({
    id: 'app/tells',
    suite: 'app',
    name: 'tells',
    env: { APP_TOKEN: '[redacted]' },
  });
  const start = { ...recorded.start, cwd, suites: [{ name: 'app', file }] };
  return { ...recorded, definition, start, ...changes };
}

const settle = (recorded: RecordedCase, env: Readonly<Record<string, string>> = {}) =>
  settleCase(recorded, { cacheDir: cwd, env });

describe('settleCase', () => {
  it('knows the secrets of a suite that has changed since, or has lost the case', async () => {
    for (const name of ['tells', 'other']) {
      const file = suiteOf([
        SUBJECT,
        'secrets: [APP_TOKEN]',
        'cases:',
        `  - {name: ${name}, run: [other], env: {APP_TOKEN: ${SECRET}}}`,
      ]);
      const { notes, secrets } = await settle(recordedFrom(file), { APP_TOKEN: 'my own' });
      expect(notes.join()).toContain('recorded');
      expect(secrets.toSorted()).toEqual([SECRET, 'my own']);
    }
  });

  it('takes what the record hides for a secret that the suite no longer declares', async () => {
    const file = suiteOf([
      SUBJECT,
      'cases:',
      `  - {name: tells, run: [other], env: {APP_TOKEN: ${SECRET}}}`,
    ]);
    const { secrets } = await settle(recordedFrom(file));
    expect(secrets).toEqual([SECRET]);
  });

  it('says that a suite which cannot be read may have others', async () => {
    const file = suiteOf(['cases: {']);
    const { secrets, secretsUnknown } = await settle(recordedFrom(file), { APP_TOKEN: 'my own' });
    expect(secrets).toEqual(['my own']);
    expect(secretsUnknown).toBeDefined();
  });

  it('says which variables the case of a bundle is given', async () => {
    const bundled = makeRecorded({
      isBundled: true,
      definition: makeCase({ env: { AWS_KEY: '[redacted]', PLAIN: 'a' } }),
    });
    const { definition, given, notes } = await settle(bundled, { AWS_KEY: 'mine', PLAIN: 'b' });
    expect(definition.env).toEqual({ AWS_KEY: 'mine', PLAIN: 'a' });
    expect(given).toEqual(['AWS_KEY']);
    expect(notes).toEqual(['the case of the bundle is given AWS_KEY of your environment']);
  });
});
