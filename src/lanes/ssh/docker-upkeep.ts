import type { AgentClient } from '../../agent/index.ts';
import { findDocker, type DockerDaemon } from './docker-daemon.ts';
import type { HostFacts } from './host-facts.ts';

export interface DockerUse {
  readonly client: AgentClient;
  readonly daemon: DockerDaemon;
}

/** A container that was never started so long ago was given up between its making and its start. */
const GIVEN_UP_SECONDS = 600;

async function lines({ client, daemon }: DockerUse, words: readonly string[]): Promise<string[]> {
  const { output } = await client.run({ argv: [daemon.path, ...words], env: daemon.env });
  return output.stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '');
}

/** Images that a state directory knows no more, the untagged ones of two who imported the same, lost containers. */
export async function removeUnusedImages(use: DockerUse, stateDir: string): Promise<void> {
  const { client, daemon } = use;
  const tags = await lines(use, ['image', 'ls', '--format', '{{.Tag}}', daemon.repository]);
  for (const tag of tags.filter((name) => name !== '<none>')) {
    const known = await client.stat(`${stateDir}/docker/${tag}`).then(
      () => true,
      () => false,
    );
    if (!known) await lines(use, ['image', 'rm', `${daemon.repository}:${tag}`]);
  }
  const ours = ['--filter', `label=${daemon.label}`];
  await lines(use, ['image', 'prune', '--force', ...ours]);
  const never = ['--filter', 'status=created', '--format', '{{.ID}} {{.CreatedAt}}'];
  for (const line of await lines(use, ['container', 'ls', '--all', ...ours, ...never])) {
    const [, id = '', when = ''] = /^(\S+) (\S+ \S+ [+-]\d{4})/.exec(line) ?? [];
    const age = (Date.now() - Date.parse(when)) / 1000;
    if (age > GIVEN_UP_SECONDS) await lines(use, ['container', 'rm', '--force', id]);
  }
}

/** Removes all that is ours from the docker daemon of a host, where there is one. */
export async function removeFromDocker(client: AgentClient, facts: HostFacts): Promise<void> {
  if (facts.tools.docker === undefined) return;
  const found = await findDocker(client, facts);
  if (!('daemon' in found)) return;
  const use: DockerUse = { client, daemon: found.daemon };
  const ours = ['--all', '--quiet', '--filter', `label=${found.daemon.label}`];
  const containers = await lines(use, ['container', 'ls', ...ours]);
  if (containers.length > 0) await lines(use, ['container', 'rm', '--force', ...containers]);
  const images = await lines(use, ['image', 'ls', ...ours]);
  if (images.length > 0) await lines(use, ['image', 'rm', '--force', ...new Set(images)]);
}
