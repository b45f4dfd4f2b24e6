// A run that gets a signal at any moment: nothing is left, what was finished is recorded, and it is right.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/index.ts';
import { CALLERS, image, makeDirectory, makeSubdirectory, runCli, startCli, ROOT } from './cli.ts';
import { expectNoSurvivors, inspectFamily, readMounts } from './leftovers.ts';
import { parseReport, recordSoFar, verdictsOf } from './records.ts';

/** scripts/soak sends two hundred. */
const KILLS = Number(process.env['ARCHPARITY_RANDOM_KILLS'] ?? '4');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const;

const SUITE = [
  ...['test', join(ROOT, 'suites/smoke.yaml'), '--image', image('debian-tools')],
  ...['--filter', 'tag(coreutils)', '--reporter', 'json', '-j', '2'],
];

/** The cases that are finished in what there is of a record, by name. */
function finishedCases(record: string): ReadonlyMap<string, string> {
  // It may end in mid-line.
  const events = record
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as RunEvent);
  return new Map(
    events.flatMap((event) =>
      event.type === 'case-finished'
        ? [[event.result.definition.name, event.result.verdict] as const]
        : [],
    ),
  );
}

describe.each(CALLERS.slice(-1))('a run that gets a signal, as $name', (caller) => {
  let verdicts: Readonly<Record<string, string>> = {};
  let tookMs = 0;
  let outside = 0;
  beforeAll(async () => {
    // The first run unpacks the image, which no other has to.
    const { stdout } = await runCli(caller, SUITE, { cwd: makeDirectory(caller) });
    verdicts = verdictsOf(parseReport(stdout));
    const started = performance.now();
    await runCli(caller, SUITE, { cwd: makeDirectory(caller) });
    tookMs = performance.now() - started;
    expect(Object.keys(verdicts).length).toBeGreaterThan(10);
  });

  it.each(
    Array.from({ length: KILLS }, (_, index) => SIGNALS[index % SIGNALS.length] ?? 'SIGKILL'),
  )('%s at a random moment', async (signal) => {
    const cwd = makeDirectory(caller);
    const tmp = makeSubdirectory(caller, cwd, 'tmp');
    const mounts = readMounts();
    const running = startCli(caller, SUITE, { cwd, env: { TMPDIR: tmp } });
    await new Promise((wake) => setTimeout(wake, Math.random() * 0.9 * tookMs));
    running.child.kill('SIGSTOP');
    const family = inspectFamily(running.pid);
    running.child.kill(signal);
    running.child.kill('SIGCONT');
    const result = await running.result;
    await expectNoSurvivors(family);
    expect(readdirSync(tmp)).toEqual([]);
    expect(readMounts()).toEqual(mounts);
    const record = recordSoFar(cwd);
    const isBegun = record !== '';
    // One that came after the end of the run changed nothing.
    if (result.code === 0) outside += 1;
    else if (signal === 'SIGKILL') expect(result.signal).toBe('SIGKILL');
    else if (isBegun || result.signal === null) expect(result.code).toBe(130);
    // One that came before our first line ended Node.js itself.
    else expect(result.signal).toBe(signal);
    if (!isBegun) {
      outside += 1;
      return;
    }
    const finished = finishedCases(record);
    for (const [name, verdict] of finished)
      expect({ name, verdict }).toEqual({ name, verdict: verdicts[name] });
    // With the rest it is the run that nobody disturbed.
    const rest = await runCli(caller, [...SUITE, '--resume', 'last'], { cwd });
    expect(rest.code).toBe(0);
    expect(verdictsOf(parseReport(rest.stdout))).toEqual(verdicts);
  });

  it('got it while it ran, for the most part', () => {
    expect(outside).toBeLessThanOrEqual(KILLS / 2);
  });
});
