import { type AgentClient, startLocalAgent, type LocalAgent } from '../../src/agent/index.ts';
import { agentPath } from '../../src/agent/index.ts';
import { hostPlatform } from '../../src/core/index.ts';
import { deriveCachedQemu, inspectQemu } from '../../src/lanes/emulated/qemu.ts';
import { mountPrivateBinfmt, registerHandler } from '../../src/lanes/emulated/register-handler.ts';
import { findUserMaps } from '../../src/lanes/local/user-maps.ts';
import { userInfo } from 'node:os';

/** Namespaces with a private handler in which peers (crun, podman, docker, chroot) run arm64 programs. */
export interface BenchLane {
  readonly agent: LocalAgent;
  /** Runs a command there to its end. @throws Error when it fails */
  run(argv: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

export interface BenchLaneOptions {
  readonly qemu: string;
  /** Absent = the plain QEMU with its own default CPU. */
  readonly cpu?: string;
  readonly cacheDir: string;
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Opens one; everything in it ends with `close`. */
export async function openBenchLane(options: BenchLaneOptions): Promise<BenchLane> {
  const user = {
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    userName: userInfo().username,
  };
  const agent = await startLocalAgent({
    file: agentPath(hostPlatform()),
    namespaces: findUserMaps(user),
  });
  const client: AgentClient = agent.client;
  const qemu = await inspectQemu(options.qemu, 'linux/arm64', { cacheDir: options.cacheDir });
  const derived = await deriveCachedQemu(
    qemu,
    options.cpu === undefined ? {} : { cpu: options.cpu },
    { cacheDir: options.cacheDir },
  );
  await mountPrivateBinfmt(client);
  await registerHandler(client, 'linux/arm64', derived.path);
  await client.mount([{ kind: 'cgroup2', target: '/sys/fs/cgroup' }]);
  return {
    agent,
    close: () => agent.close(),
    run: async (argv, env = {}) => {
      const outcome = await client.run({
        argv,
        env: { PATH, HOME: process.env['HOME'] ?? '/', ...env },
        cwd: process.cwd(),
        umask: 0o022,
      });
      if (outcome.exits[0]?.code !== 0) {
        const said = outcome.output.stderr.toString().slice(-2000);
        throw new Error(
          `bench: ${argv.join(' ')} failed: ${JSON.stringify(outcome.failure ?? outcome.exits[0])}\n${said}`,
        );
      }
      return outcome.output.stdout.toString();
    },
  };
}
