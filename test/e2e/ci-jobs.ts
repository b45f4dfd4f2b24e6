// What jobs of any CI system have in tests: a checkout, an installed package, and a shell that runs their steps.
import { spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileProgram } from '../setup/compile-program.ts';
import { anyCaller, callerEnvironment, machine, makeSubdirectory } from './cli.ts';
import { copyTree, npmEnvironment, packTree, runNpm } from './packed.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/** What a step left. */
export interface RanStep {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Installs the package as npm packs it. @returns what npm links for a job within a second: that directory */
export function installPackage(): string {
  const work = join(machine.directory, `ci-templates-${process.pid}`);
  const { file } = packTree(copyTree(join(work, 'tree')), work);
  runNpm(['install', '--global', '--prefix', join(work, 'installed'), file], work);
  return join(work, 'installed/lib/node_modules/archparity');
}

/** A repository with `suites/app.yaml`; which cases it has is the caller's. */
export function checkOut(directory: string, cases: readonly string[]): void {
  const suites = makeSubdirectory(anyCaller, directory, 'suites');
  const builds = (['amd64', 'arm64'] as const).map(
    (arch) => `linux/${arch}: ${compileProgram('actor', arch, machine.directory)}`,
  );
  const file = join(suites, 'app.yaml');
  writeFileSync(
    file,
    [
      'version: 1',
      'name: app',
      `subject: {binary: {${builds.join(', ')}}}`,
      'defaults: {timeout: 60s}',
      'cases:',
      ...cases.map((text) => `  - ${text}`),
      '',
    ].join('\n'),
  );
  chownSync(file, anyCaller.uid, anyCaller.gid);
}

/** Runs a step of a job on a machine of its own, which this one stands for. */
export function runStep(
  words: readonly string[],
  { cwd, env, home }: { readonly cwd: string; readonly env: Variables; readonly home: string },
): RanStep {
  const { uid, gid } = anyCaller;
  const own = process.env['HOME'] ?? '/';
  const { ARCHPARITY_CACHE: _cache, ...caller } = callerEnvironment(anyCaller);
  const [file = '', ...rest] = words;
  mkdirSync(cwd, { recursive: true });
  chownSync(cwd, uid, gid);
  const { status, stdout, stderr } = spawnSync(file, rest, {
    ...{ cwd, uid, gid, encoding: 'utf8' },
    env: {
      // npm's own settings, of a mirror for one, are those of whoever runs the tests.
      ...npmEnvironment(),
      npm_config_userconfig: join(own, '.npmrc'),
      npm_config_cache: join(own, '.npm'),
      ...caller,
      HOME: home,
      ...env,
    },
  });
  return { status, stdout, stderr };
}
