// Services and further containers: verdicts, differences with their places, what reports and records hold of them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { image, makeDirectory, runCli, unprivileged, type CliResult } from './cli.ts';
import { parseReport, type JsonReport } from './records.ts';
import { SUITES } from './suites.ts';

const VERDICTS = {
  'the same': 'match',
  differs: 'diverged',
  'differs as declared': 'match',
  'ignores what differs': 'match',
  'differs in bytes': 'diverged',
  'wrong answers': 'mismatch',
  'never ready': 'timeout',
  'dies before': 'mismatch',
  'cannot start': 'mismatch',
  refuses: 'mismatch',
  'dies while asked': 'mismatch',
  'answers late': 'timeout',
  'does not stop': 'timeout',
  'a command with a container': 'match',
  'a container that is not ready': 'timeout',
};

/** Failures of a case as `CHECK | ACTUAL`, the same on both lanes. */
function failuresOf(report: JsonReport, name: string): string[] {
  const found = report.cases.find((entry) => entry.name === name);
  const [native, emulated] = ['native', 'emulated'].map((lane) =>
    (found?.lanes[lane]?.failures ?? []).map(({ actual, check }) => `${check} | ${actual}`),
  );
  expect(emulated).toEqual(native);
  return native ?? [];
}

describe('a suite of services', () => {
  let cwd = '';
  let result: CliResult;
  let report: JsonReport;
  beforeAll(async () => {
    cwd = makeDirectory(unprivileged);
    const text = readFileSync(join(SUITES, 'services.yaml'), 'utf8');
    const file = join(cwd, 'services.yaml');
    writeFileSync(file, text.replaceAll('oci:nowhere', image('debian-tools')));
    result = await runCli(unprivileged, ['test', file, '--reporter', 'json', '-j', '4'], { cwd });
    report = parseReport(result.stdout);
  }, 300_000);

  const named = (name: string) => report.cases.find((entry) => entry.name === name);

  it('gives each case its verdict', () => {
    const verdicts = report.cases.map(({ name, verdict }) => [name, verdict]);
    expect(Object.fromEntries(verdicts)).toEqual(VERDICTS);
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 1, stderr: '' });
  });

  it('names the places in responses that differ', () => {
    expect(named('differs')?.differences).toMatchObject([
      { what: 'responses', where: 'GET /m.json: $.machine', left: '"x86_64"', right: '"aarch64"' },
    ]);
    expect(named('differs in bytes')?.differences).toMatchObject([
      { what: 'responses', where: 'machine: received: byte 0x0' },
    ]);
    expect(named('differs as declared')).toMatchObject({ known: { met: true } });
  });

  it('says what was not as expected', () => {
    expect(failuresOf(report, 'wrong answers')).toEqual([
      'GET /: status 201 | 200, hello\n',
      'GET /: body contains nothing | hello',
      'GET /: json | no JSON: hello\n',
      'run exit 3: exit 0 | exit 3',
      'stop: exit 0 | killed by SIGTERM',
    ]);
  });

  it.each([
    [
      'never ready',
      'the service is ready | not ready after 1 s: connection refused (port 9)\nthe end of its log:\n  starting',
    ],
    [
      'dies before',
      'the service is ready | it ended before it was ready: exit 3\nthe end of its log:\n  broken configuration',
    ],
    [
      'cannot start',
      'the service is ready | it ended before it was ready: not started: ENOENT\nits log is empty',
    ],
    ['refuses', 'GET /: is answered | connection refused (port 80)\nthe end of its log:\n  up'],
    [
      'dies while asked',
      'poison: is answered | the service ended by itself: exit 4\nthe end of its log:\n  up',
    ],
    [
      'does not stop',
      'the service stops | still running after 1 s, killed\nthe end of its log:\n  up',
    ],
    [
      'a container that is not ready',
      'db is ready | not ready after 1 s: connection refused (port 5432)\nthe end of its log:\n  no space left',
    ],
  ])('says with the end of the log why it went no further: %s', (name, failure) => {
    expect(failuresOf(report, name)).toContain(failure);
  });

  it('says which request was not answered in time', () => {
    const lanes = named('answers late')?.lanes ?? {};
    for (const lane of Object.values(lanes))
      expect(lane.failures[0]).toMatchObject({
        check: 'tcp 7: is answered',
        actual: expect.stringMatching(/^no answer within \d/) as string,
      });
  });

  it('tries again when it may', () => {
    expect(named('dies before')?.lanes['native']?.attempts).toHaveLength(2);
  });

  it('holds times and responses of each lane', () => {
    for (const lane of Object.values(named('the same')?.lanes ?? {})) {
      const [attempt] = lane.attempts;
      expect(attempt?.service).toMatchObject({
        readyMs: expect.any(Number) as number,
        stopMs: expect.any(Number) as number,
        requests: [
          { name: 'GET /', status: 200, body: { data: 'hello\n', encoding: 'utf8' } },
          { name: 'GET /nothing', status: 404 },
          { name: 'tcp 8080' },
          { exit: 0, stdout: { data: 'hello\narchparity\n' } },
        ],
      });
    }
    const attempt = named('a container that is not ready')?.lanes['native']?.attempts[0];
    expect(attempt?.service).toMatchObject({
      with: [{ name: 'quick', readyMs: expect.any(Number) as number }, { name: 'db' }],
    });
  });

  it('is reported from its record as it was', async () => {
    const again = await runCli(unprivileged, ['report', 'last', '--reporter', 'json'], { cwd });
    expect(parseReport(again.stdout).cases).toEqual(report.cases);
    const text = await runCli(unprivileged, ['report', 'last', '--reporter', 'text'], { cwd });
    expect(text.stdout).toMatch(/^ok +services\/the same .*native \S+ \S+ \(ready .*emulated/m);
    expect(text.stdout).toContain('responses differ at GET /m.json: $.machine');
    expect(text.stdout).toContain('not in time on native: the service is ready');
    const html = await runCli(unprivileged, ['report', 'last', '--reporter', 'html'], { cwd });
    expect(html.stdout).toContain('GET /m.json: $.machine');
  });

  it('is listed like other suites, and runs nothing for that', async () => {
    const runs = readdirSync(join(cwd, '.archparity/runs'));
    const words = ['test', join(cwd, 'services.yaml'), '--list'];
    const { code, stderr, stdout } = await runCli(unprivileged, words, { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const listed = stdout.trimEnd().split('\n');
    expect(listed).toEqual(
      Object.keys(VERDICTS).map((name) => `services/${name}  native, emulated`),
    );
    expect(readdirSync(join(cwd, '.archparity/runs'))).toEqual(runs);
  });
});

describe('a further container', () => {
  it('whose image is not there ends the run before anything does', async () => {
    const cwd = makeDirectory(unprivileged);
    const file = join(cwd, 'suite.yaml');
    writeFileSync(
      file,
      `version: 1\nname: s\nsubject: {image: '${image('debian-tools')}'}\ncases:\n  - {name: c, run: [touch, /x], with: {db: {image: 'oci:missing'}}}\n`,
    );
    const { code, stderr } = await runCli(unprivileged, ['test', file], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('missing');
  });
});
