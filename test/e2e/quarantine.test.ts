// Cases of archparity.yaml whose failures do not count for a while.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDirectory, runCli, unprivileged } from './cli.ts';
import { parseReport, verdictsOf } from './records.ts';
import { actorOptions } from './suites.ts';

const caller = unprivileged;

const SUITE = `
version: 1
name: app
subject: {binary: {linux/amd64: actor, linux/arm64: actor}}
cases:
  - {name: differs, args: [arch], normalize: []}
  - {name: fails, args: [exit, '3'], expect: {exit: 0}}
  - {name: is well, args: [say, fine]}
`;

/** A project in which the cases of each filter are in quarantine until a day. */
function makeProject(entries: Readonly<Record<string, string>>): string {
  const cwd = makeDirectory(caller);
  writeFileSync(join(cwd, 'suite.yaml'), SUITE);
  writeProject(cwd, entries);
  return cwd;
}

function writeProject(cwd: string, entries: Readonly<Record<string, string>>): void {
  const lines = Object.entries(entries).map(
    ([cases, until]) => `  - {cases: '${cases}', until: ${until}, reason: it waits}`,
  );
  writeFileSync(join(cwd, 'archparity.yaml'), ['quarantine:', ...lines, ''].join('\n'));
}

const TEST = ['test', 'suite.yaml', ...actorOptions(), '--referee', 'none'];

it('runs and reports such cases, and passes', async () => {
  const cwd = makeProject({ 'name(differs)': '2999-12-31', 'app/fails': '2999-12-31' });
  const { code, stderr, stdout } = await runCli(caller, TEST, { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain('quarantined  app/differs');
  expect(stdout).toContain(
    'a check failed on native, emulated; quarantined until 2999-12-31: it waits',
  );
  expect(stdout).toMatch(
    /^OK {2}3 cases: 1 match · 1 mismatch \(1 quarantined\) · 1 diverged \(1 quarantined\)/m,
  );
  const { stdout: json } = await runCli(caller, ['report', '--reporter', 'json'], { cwd });
  expect(verdictsOf(parseReport(json))).toEqual({
    differs: 'diverged',
    fails: 'mismatch',
    'is well': 'match',
  });
});

it('fails from the day after the last one, and a resumed run goes by the entries of today', async () => {
  const cwd = makeProject({ 'app/fails': '2026-01-31', 'name(differs)': '2999-12-31' });
  const record = join(cwd, 'run.ndjson');
  const first = await runCli(caller, [...TEST, '--record', record], { cwd });
  expect(first.code).toBe(1);
  expect(first.stdout).toContain('quarantined only until 2026-01-31: it waits');
  expect(first.stdout).toContain('3 cases, 1 failed');
  writeProject(cwd, { 'app/': '2999-12-31' });
  const again = [...TEST, '--resume', record, '--record', join(cwd, 'again.ndjson')];
  const resumed = await runCli(caller, again, { cwd });
  expect({ code: resumed.code, stderr: resumed.stderr }).toMatchObject({ code: 0 });
  // Nothing ran again.
  const lines = readFileSync(join(cwd, 'again.ndjson'), 'utf8').split('\n');
  expect(lines.filter((line) => line.startsWith('{"type":"attempt-started"'))).toEqual([]);
  writeProject(cwd, {});
  writeFileSync(join(cwd, 'archparity.yaml'), 'quarantine: []\n');
  const freed = await runCli(caller, [...TEST, '--resume', record, '--record', join(cwd, 'free')], {
    cwd,
  });
  expect(freed.code).toBe(1);
  expect(freed.stdout).toContain('3 cases, 2 failed');
});

it('refuses an entry that says no cases, before anything runs', async () => {
  const cwd = makeProject({ 'suite(app) & lane(vm)': '2999-12-31' });
  const { code, stderr, stdout } = await runCli(caller, TEST, { cwd });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('archparity.yaml:2:13: A case is in quarantine on all of its lanes');
});
