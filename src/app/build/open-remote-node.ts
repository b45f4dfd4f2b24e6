import type { RemoteNode } from '../../build/index.ts';
import { ArchParityError, type Platform } from '../../core/index.ts';
import {
  buildNodes,
  parseLaneSpec,
  remoteDockers,
  type RemoteDockerOptions,
} from '../../lanes/index.ts';

/**
 * A docker daemon behind ssh.
 * @param remote - `ssh://user@host:port`, or an ssh lane as it is written
 * @throws ArchParityError `SSH_…`, `REMOTE_…`, `LANE_…`
 */
export async function openSshNode(
  remote: string,
  options: RemoteDockerOptions,
): Promise<RemoteNode> {
  const spec = parseLaneSpec(remote.replace(/^ssh:\/\//, 'ssh:').replace(/\/$/, ''));
  const { openRemoteDocker } = await remoteDockers();
  const docker = await openRemoteDocker(spec, options);
  return {
    host: `unix://${docker.socket}`,
    facts: docker.facts,
    needs: [`a machine for ${options.platform} with a docker daemon, reached by ssh`],
    ended: docker.ended,
    close: docker.close,
  };
}

export interface VmNodeOptions extends Pick<RemoteDockerOptions, 'cacheDir' | 'logger'> {
  /** Of this machine's loopback, e.g. a registry's. */
  readonly ports: readonly number[];
  readonly say: (text: string) => void;
}

/** A microVM with a docker daemon. @throws ArchParityError `BUILD_VM_UNSUPPORTED`, those of `openBuildNode` */
export async function openVmNode(
  platform: Platform,
  { ports, say, cacheDir, logger }: VmNodeOptions,
): Promise<RemoteNode> {
  if (platform !== 'linux/arm64')
    throw new ArchParityError({
      code: 'BUILD_VM_UNSUPPORTED',
      message: `There is no microVM for ${platform}, only for linux/arm64.`,
      advice: 'Name a machine with --remote ssh://user@host.',
    });
  const { openBuildNode } = await buildNodes();
  const node = await openBuildNode({
    cacheDir,
    loopbackPorts: ports,
    onFetch: (what) => say(`fetching ${what}`),
    ...(logger === undefined ? {} : { logger }),
  });
  return {
    host: node.dockerHost,
    env: node.env,
    facts: { node: node.description, readyMs: String(Math.round(node.readyMs)) },
    needs: ['a machine for linux/arm64 with a docker daemon (here a microVM under QEMU)'],
    ended: () => undefined,
    close: () => node.close(),
  };
}
