import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BuildClient } from '../../build/index.ts';
import { asList, asMap, asText, parseLoose } from '../../core/index.ts';
import { createExec, homeDirectory } from '../../process/index.ts';
import { installFix, passed, warned, type Check } from './check.ts';
import type { OptionalContext } from './context.ts';

const BUILDX = { id: 'buildx', title: 'buildx' };
const ASK_MS = 10_000;

/** A node of a builder, as it is listed. */
function describePlatforms(nodes: readonly unknown[]): string {
  const platforms = nodes.flatMap((node) =>
    asList(asMap(node)['Platforms']).map((platform) => {
      const { os, architecture, variant } = asMap(platform);
      const parts = [os, architecture, variant].map(asText).filter((part) => (part ?? '') !== '');
      return asText(platform) ?? parts.join('/');
    }),
  );
  return [...new Set(platforms)].join(' ');
}

interface Builder {
  readonly text: string;
  readonly problem: string | undefined;
}

function readBuilder(line: string): Builder | undefined {
  const { Name, Driver, Nodes, Err } = asMap(parseLoose(line));
  const name = asText(Name);
  if (name === undefined) return undefined;
  const nodes = asList(Nodes);
  const problems = [Err, ...nodes.map((node) => asMap(node)['Err'])].map(asText);
  const problem = problems.find((text) => (text ?? '') !== '');
  const platforms = describePlatforms(nodes);
  const driver = asText(Driver) ?? '';
  const text = `${name}${driver === '' ? '' : ` (${driver})`}${platforms === '' ? '' : `: ${platforms}`}`;
  return { text, problem: problem === undefined ? undefined : `${name}: ${problem}` };
}

/** Lists the builders that the user made. Without any, asking would make buildx's directory. */
async function listBuilders(client: BuildClient, { env, logger }: OptionalContext): Promise<Check> {
  const named = `${client.version} (${client.path})`;
  const home = env['DOCKER_CONFIG'] ?? join(homeDirectory(env), '.docker');
  const directory = env['BUILDX_CONFIG'] ?? join(home, 'buildx');
  if (!existsSync(join(directory, 'instances'))) return passed(BUILDX, `${named}, no builder made`);
  const exec = createExec(logger === undefined ? {} : { logger });
  const asked = await exec(client.path, ['ls', '--format', 'json'], { timeoutMs: ASK_MS });
  if (asked.exitCode !== 0) {
    // Before 0.14 there was no answer that a program reads.
    if (asked.stderr.includes('unknown flag'))
      return passed(BUILDX, `${named}, which is too old to say what its builders are`);
    const said = asked.timedOut
      ? `nothing within ${ASK_MS / 1000} s`
      : (asked.stderr.trim().split('\n').at(-1) ?? '');
    return warned(BUILDX, {
      found: `${named} cannot list its builders: ${said}`,
      effect: 'docker buildx build may fail, too',
      fix: { text: 'See what it says.', command: 'docker buildx ls' },
    });
  }
  const builders = asked.stdout.split('\n').flatMap((line) => readBuilder(line) ?? []);
  // That of the daemon's own has a check already.
  const broken = builders.filter(
    ({ problem }) => problem !== undefined && !problem.startsWith('default: '),
  );
  if (broken.length > 0)
    return warned(BUILDX, {
      found: `${named}: ${broken.map(({ problem }) => problem ?? '').join('; ')}`,
      effect: 'docker buildx build with these builders fails',
      fix: { text: 'Look at it, and make it anew.', command: 'docker buildx ls' },
    });
  // The one in use is listed twice by some.
  const texts = [...new Set(builders.map(({ text }) => text))];
  return passed(BUILDX, `${named}, builders: ${texts.join('; ')}`);
}

export interface BuildxQuestion {
  /** What builds with BuildKit here; absent = nothing does. */
  readonly client: BuildClient | undefined;
  /** Whether there is a daemon to build with. */
  readonly reached: boolean;
  readonly context: OptionalContext;
}

/** Whether there is a buildx, and what the builders of the user are. */
export async function checkBuildx({ client, reached, context }: BuildxQuestion): Promise<Check> {
  if (client?.kind === 'buildx') return listBuilders(client, context);
  if (!reached) return passed(BUILDX, 'not installed');
  if (client !== undefined)
    return passed(BUILDX, `not installed: docker ${client.version} builds with BuildKit itself`);
  return warned(BUILDX, {
    found: 'not installed, and this docker does not build without it',
    effect: 'archparity build cannot build',
    fix: await installFix('docker-buildx'),
  });
}
