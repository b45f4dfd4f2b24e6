// A recorded case that prints what its suite declares as a secret, run again: the record has no secrets, the case needs
// them, and nobody is shown any.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { image, makeDirectory, ROOT, runCli, unprivileged, type CliResult } from './cli.ts';

const SECRET = 'correct-horse-battery-staple';

/** A suite whose case has a secret, with changes. */
function writeSuite(directory: string, { header = [], more = [] }: SuiteChanges = {}): void {
  const lines = [
    'version: 1',
    'name: app',
    `subject: {image: "${image('debian-tools')}"}`,
    'secrets: [APP_TOKEN]',
    ...header,
    'cases:',
    '  - name: tells',
    `    env: {APP_TOKEN: ${SECRET}}`,
    `    run: [sh, -c, 'echo "token $APP_TOKEN"; test "$APP_TOKEN" = ${SECRET}; echo $?']`,
    ...more,
    '',
  ];
  writeFileSync(join(directory, 'suite.yaml'), lines.join('\n'));
}

interface SuiteChanges {
  readonly header?: readonly string[];
  readonly more?: readonly string[];
}

let cwd = '';
beforeAll(async () => {
  cwd = makeDirectory(unprivileged, 'secrets');
  writeSuite(cwd);
  const { code } = await runCli(unprivileged, ['test', 'suite.yaml'], { cwd });
  expect(code).toBe(0);
});

async function expectNoSecret(words: readonly string[], code = 0): Promise<CliResult> {
  const result = await runCli(unprivileged, words, { cwd });
  expect(result).toMatchObject({ code });
  expect(`${result.stdout}${result.stderr}`).not.toContain(SECRET);
  return result;
}

it('is reproduced, with its secret', async () => {
  const text = await expectNoSecret(['repro', 'tells', '--lane', 'emulated']);
  expect(text.stdout).toMatch(/as recorded +exit, stdout, stderr\n/);
  const { stdout } = await expectNoSecret(['repro', 'tells', '--lane', 'emulated', '--json']);
  // The case had the value, or its last line would be 1.
  expect(JSON.parse(stdout)).toMatchObject({
    reproduced: true,
    attempt: { observation: { stdout: { data: 'token [redacted]\n0\n' } } },
  });
});

it('is traced', async () => {
  // QEMU and strace show the arguments of a write differently.
  const { stdout } = await expectNoSecret(['repro', 'tells', '--strace', '--json'], 1);
  expect(stdout).toContain('[redacted]');
});

it('is tried on several versions of QEMU', async () => {
  const qemus = ['/usr/bin/qemu-aarch64-static', join(ROOT, 'build/qemu/trixie/qemu-aarch64')];
  const options = qemus.flatMap((path) => ['--qemu', path]);
  for (const chosen of [['tells'], ['suite.yaml', 'tells']]) {
    // There is no change to be found.
    const result = await expectNoSecret(['bisect', ...chosen, ...options, '--json'], 1);
    expect(result.stdout).toContain('token [redacted]\\n0\\n');
  }
});

it('is bundled without its secret, whatever has become of the suite since', async () => {
  const directory = makeDirectory(unprivileged, 'edited');
  const fixture = ['    fixtures: [note.txt]'];
  writeFileSync(join(directory, 'note.txt'), `kept ${SECRET}\n`);
  writeSuite(directory, { more: fixture });
  const run = (...words: string[]) => runCli(unprivileged, words, { cwd: directory });
  expect(await run('test', 'suite.yaml')).toMatchObject({ code: 0 });
  const bundle = async (code: string): Promise<void> => {
    const result = await run('repro', 'tells', '--bundle', 'a.tar');
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toContain(`(${code})`);
    expect(result.stderr).not.toContain(SECRET);
    expect(existsSync(join(directory, 'a.tar'))).toBe(false);
  };
  writeSuite(directory, { more: [...fixture, '    timeout: 50s'] });
  await bundle('BUNDLE_HAS_SECRET');
  const { code, stdout } = await runCli(
    unprivileged,
    ['repro', 'tells', '--lane', 'emulated', '--json'],
    { cwd: directory, env: { APP_TOKEN: 'another-secret-of-ours' } },
  );
  expect(stdout).toContain('has changed since (timeout)');
  expect(stdout).not.toMatch(new RegExp(`${SECRET}|another-secret-of-ours`));
  expect(code).toBe(1);
  writeSuite(directory, { header: ['nonsense: {'], more: fixture });
  await bundle('BUNDLE_SECRETS_UNKNOWN');
});
