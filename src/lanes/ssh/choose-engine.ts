import { ArchParityError } from '../../core/index.ts';
import type { OtherRuntime } from '../attempt/runtime-command.ts';
import type { HostConnection } from './connect-host.ts';
import { findDocker, type DockerDaemon } from './docker-daemon.ts';
import { RUNTIMES, type RuntimeName, type SshSettings } from './ssh-settings.ts';
import { formatSshTarget } from './ssh-target.ts';

/** What runs images on a host. */
export type HostEngine =
  /** A program that our agent there starts in its namespaces. */
  | { readonly kind: 'runtime'; readonly name: 'crun' | OtherRuntime; readonly path: string }
  | {
      readonly kind: 'docker';
      readonly daemon: DockerDaemon;
      /** The connection, without namespaces, whose agent calls docker. */
      readonly host: HostConnection;
    };

export interface EngineChoice {
  readonly settings: Pick<SshSettings, 'engine' | 'target'>;
  /** Connects once more to the host, without namespaces. */
  readonly connectPlainly: () => Promise<HostConnection>;
}

function findRuntime(host: HostConnection, wanted: RuntimeName | 'auto'): HostEngine | undefined {
  if (host.namespaces === undefined) return undefined;
  for (const name of RUNTIMES) {
    const path = name === 'docker' ? undefined : host.facts.tools[name];
    if (name === 'docker' || path === undefined) continue;
    if (wanted === 'auto' || wanted === name) return { kind: 'runtime', name, path };
  }
  return undefined;
}

/**
 * The engine of a host that the settings choose: a runtime where the user may have namespaces, else docker.
 * @throws ArchParityError `SSH_ENGINE_MISSING` when the one that was asked for cannot be used
 */
export async function chooseEngine(
  host: HostConnection,
  { settings, connectPlainly }: EngineChoice,
): Promise<HostEngine | undefined> {
  const { engine, target } = settings;
  const runtime = findRuntime(host, engine);
  if (runtime !== undefined) return runtime;
  let reason =
    host.namespaces === undefined
      ? `it allows no namespaces (${host.reason ?? ''})`
      : 'it is not installed there';
  if (engine === 'docker' || (engine === 'auto' && host.facts.tools.docker !== undefined)) {
    const found = await findDocker(host.client, host.facts);
    if ('daemon' in found) {
      // What calls docker must outlive a case that is killed, so no PID namespace may hold it.
      const plain = host.namespaces === undefined ? host : await connectPlainly();
      return { kind: 'docker', daemon: found.daemon, host: plain };
    }
    reason = found.reason;
  }
  if (engine === 'auto') return undefined;
  throw new ArchParityError({
    code: 'SSH_ENGINE_MISSING',
    message: `${formatSshTarget(target)} cannot run images with ${engine}: ${reason}.`,
    advice: `Install ${engine} there, or leave engine= out.`,
  });
}
