// A run that gets a signal at any moment: nothing is left, what was finished is recorded, and it is right.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunEvent } from '../../src/core/index.ts';
import { CALLERS, image, makeDirectory, makeSubdirectory, runCli, startCli, ROOT } from './cli.ts';
import { expectNoSurvivors, inspectFamily, readMounts } from './leftovers.ts';
import { parseReport, verdictsOf } from './records.ts';

/** scripts/soak sends two hundred. */
const KILLS = Number(process.env['ARCHPARITY_RANDOM_KILLS'] ?? '4');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const;

const SUITE = [
  ...['test', join(ROOT, 'suites/smoke.yaml'), '--image', image('debian-tools')],
  ...['--filter', 'tag(coreutils)', '--reporter', 'json', '-j', '2'],
];

/** The cases of a record that may end in mid-line, by name. */
function finishedCases(cwd: string): ReadonlyMap<string, string> {
  const runs = join(cwd, '.archparity/runs');
  const names = readdirSync(cwd).includes('.archparity') ? readdirSync(runs) : [];
  const file = names.includes('last') ? join(runs, 'last/record.ndjson') : undefined;
  const lines = file === undefined ? [] : readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return new Map(
    lines
      .map((line) => JSON.parse(line) as RunEvent)
      .flatMap((event) =>
        event.type === 'case-finished'
          ? [[event.result.definition.name, event.result.verdict] as const]
          : [],
      ),
  );
}

describe.each(CALLERS.slice(-1))('a run that gets a signal, as $name', (caller) => {
  let verdicts: Readonly<Record<string, string>> = {};
  let tookMs = 0;
  let late = 0;
  beforeAll(async () => {
    const started = performance.now();
    const { stdout } = await runCli(caller, SUITE, { cwd: makeDirectory(caller) });
    tookMs = performance.now() - started;
    verdicts = verdictsOf(parseReport(stdout));
    expect(Object.keys(verdicts).length).toBeGreaterThan(10);
  });

  it.each(
    Array.from({ length: KILLS }, (_, index) => SIGNALS[index % SIGNALS.length] ?? 'SIGKILL'),
  )('%s at a random moment', async (signal) => {
    const cwd = makeDirectory(caller);
    const tmp = makeSubdirectory(caller, cwd, 'tmp');
    const mounts = readMounts();
    const running = startCli(caller, SUITE, { cwd, env: { TMPDIR: tmp } });
    // Not before Node.js has come to our first line: until then a signal ends it as any program.
    await new Promise((wake) => setTimeout(wake, 120 + Math.random() * 0.8 * tookMs));
    running.child.kill('SIGSTOP');
    const family = inspectFamily(running.pid);
    running.child.kill(signal);
    running.child.kill('SIGCONT');
    const result = await running.result;
    await expectNoSurvivors(family);
    expect(readdirSync(tmp)).toEqual([]);
    expect(readMounts()).toEqual(mounts);
    // One that came after the end of the run changed nothing.
    if (result.code === 0) late += 1;
    else if (signal === 'SIGKILL') expect(result.signal).toBe('SIGKILL');
    else expect(result.code).toBe(130);
    for (const [name, verdict] of finishedCases(cwd))
      expect({ name, verdict }).toEqual({ name, verdict: verdicts[name] });
  });

  it('got it while it ran, for the most part', () => {
    expect(late).toBeLessThanOrEqual(KILLS / 2);
  });
});
