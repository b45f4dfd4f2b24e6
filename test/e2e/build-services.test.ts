// `archparity build` on the services of images/, all ways at once, with a microVM as the remote machine.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASES, startRegistry, type Registry } from '../../scripts/registry/start-registry.ts';
import { leftWork, readBuildReport } from './build-reports.ts';
import { ROOT, runCli } from './cli.ts';
import { readMounts } from './leftovers.ts';
import { callersWithNodes } from './vm-callers.ts';

/** scripts/soak builds all three, which takes as long as compilers under emulation do. */
const ALL = process.env['ARCHPARITY_ALL_BUILDS'] !== undefined;
const SERVICES = ALL ? ['static-site', 'c-service', 'go-service'] : ['static-site'];
const callers = callersWithNodes();
const PATIENCE_MS = ALL ? 60 * 60_000 : 400_000;

describe('a service that is built all ways', () => {
  let registry: Registry;
  beforeAll(async () => {
    registry = await startRegistry(join(ROOT, 'build/images'));
    await registry.push(ALL ? BASES : ['run-base']);
  }, 120_000);
  afterAll(() => registry.close());

  const cases = (ALL ? callers : callers.slice(-1)).flatMap((caller) =>
    SERVICES.map((service) => ({ service, name: caller.name, caller })),
  );
  it.each(cases)(
    '$service, as $name: one image, which passes its suite',
    { timeout: PATIENCE_MS },
    async ({ service, caller }) => {
      const mounts = readMounts();
      const context = join(ROOT, 'images', service);
      const result = await runCli(caller, [
        ...['build', context, '--private-daemon', '--vm', '--json'],
        ...['--build-arg', `REGISTRY=${registry.address}`],
        ...['--suite', join(context, 'suite.yaml')],
      ]);
      const report = readBuildReport(result);
      const problems = report.strategies.flatMap(({ id, failure, audits }) => [
        ...(failure === undefined ? [] : [`${id}: ${failure.message}`]),
        ...audits.flatMap((audit) => audit.problems),
      ]);
      expect(problems).toEqual([]);
      expect(report.strategies.map(({ id }) => id)).toEqual([
        'native',
        'emulated',
        'emulated-tuned',
        'remote',
        'cross',
      ]);
      expect(report.comparisons.flatMap(({ differences }) => differences)).toEqual([]);
      expect(
        report.comparisons.map(({ between, platform }) => [...between, platform].join(' ')),
      ).toEqual([
        'native cross linux/amd64',
        'emulated emulated-tuned linux/arm64',
        'emulated remote linux/arm64',
        'emulated cross linux/arm64',
      ]);
      expect(
        report.suites.map(({ strategy, exitCode }) => `${strategy} ${String(exitCode)}`),
      ).toEqual(['emulated 0', 'emulated-tuned 0', 'remote 0', 'cross 0']);
      for (const { cold, warm } of report.strategies) {
        expect(cold.wallMs).toHaveLength(1);
        expect(warm.wallMs).toHaveLength(1);
      }
      expect(report.steps.length).toBeGreaterThan(0);
      expect(result.code).toBe(0);
      expect(leftWork(caller)).toEqual([]);
      expect(readMounts()).toEqual(mounts);
    },
  );
});
