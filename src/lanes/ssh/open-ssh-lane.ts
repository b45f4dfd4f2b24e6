import {
  ArchParityError,
  parsePlatform,
  type LaneInfo,
  type LaneSpec,
  type Platform,
} from '../../core/index.ts';
import type { Lane } from '../lane.ts';
import { agentFacts, laneCapabilities } from '../local/lane-facts.ts';
import type { OpenLaneOptions } from '../local/open-local-lane.ts';
import { because } from '../local/translate.ts';
import { LocalImages } from '../remote/local-images.ts';
import type { ContainerEngine, RemoteConnection } from '../remote/remote-connection.ts';
import { measureRemoteFactor } from '../remote/remote-factor.ts';
import { RemoteLane } from '../remote/remote-lane.ts';
import { connectHost, type HostConnection } from './connect-host.ts';
import { HostImages } from './host-images.ts';
import { removeUnused } from './host-upkeep.ts';
import { readSshSettings, RUNTIMES, type RuntimeName, type SshSettings } from './ssh-settings.ts';
import { formatSshTarget } from './ssh-target.ts';

/** How often a lost connection is replaced: a host that goes away again and again is of no use. */
const RECONNECTS = 3;

interface SshLaneParts {
  readonly spec: LaneSpec;
  readonly settings: SshSettings;
  readonly platform: Platform;
  readonly options: OpenLaneOptions;
  readonly local: LocalImages;
}

interface Runtime {
  readonly name: RuntimeName;
  readonly path: string;
}

/** The OCI runtime of a host that the settings choose. @throws ArchParityError `SSH_ENGINE_…` */
function chooseRuntime(host: HostConnection, parts: SshLaneParts): Runtime | undefined {
  const { settings } = parts;
  const names = settings.engine === 'auto' ? RUNTIMES : [settings.engine];
  const found = names.flatMap((name) => {
    const path = host.facts.tools[name];
    return path === undefined ? [] : [{ name, path }];
  })[0];
  if (found !== undefined && host.namespaces !== undefined) return found;
  if (settings.engine === 'auto') return undefined;
  throw new ArchParityError({
    code: 'SSH_ENGINE_MISSING',
    message: `${formatSshTarget(settings.target)} cannot run images with ${settings.engine}: ${host.namespaces === undefined ? `it allows no namespaces (${host.reason ?? ''})` : 'it is not installed there'}.`,
    advice: `Install ${settings.engine} there, or leave engine= out.`,
  });
}

async function remoteConnection(
  host: HostConnection,
  parts: SshLaneParts,
): Promise<RemoteConnection> {
  const { client, facts, namespaces } = host;
  const { local, options, settings } = parts;
  const isWhole = (namespaces?.uidMaps.length ?? 0) > 1 || facts.uid === 0;
  const ids = facts.uid === 0 ? 'all' : isWhole ? 'subordinate' : 'single';
  const runtime = chooseRuntime(host, parts);
  let engine: ContainerEngine | undefined;
  if (runtime !== undefined) {
    const images = new HostImages({
      client,
      stateDir: facts.stateDirectory,
      place: formatSshTarget(settings.target),
      hasOwners: isWhole,
      cacheDir: options.cacheDir,
      local,
    });
    engine = {
      crun: runtime.path,
      ...(runtime.name === 'crun' ? {} : { runtime: runtime.name }),
      place: (image) => images.place(image),
    };
    // crun refuses the hybrid hierarchy of cgroup v1 and v2, and wants to see one of its own.
    await client.mount([{ kind: 'cgroup2', target: '/sys/fs/cgroup' }]).catch(() => undefined);
  }
  return {
    client,
    stateDir: facts.stateDirectory,
    agentFile: host.agentFile,
    ...(namespaces === undefined ? {} : { ids }),
    ...(engine === undefined ? {} : { engine }),
    explainLoss: async () => {
      const { code, message, advice } = await host.explainLoss();
      return { code, message, ...(advice === undefined ? {} : { advice }) };
    },
    close: () => host.close(),
  };
}

function laneInfo(host: HostConnection, parts: SshLaneParts): LaneInfo {
  const { platform, settings, spec } = parts;
  const isolated = host.namespaces !== undefined;
  const runtime = chooseRuntime(host, parts);
  return {
    id: spec.id,
    kind: 'ssh',
    platform,
    // A program there is loaded by the host itself: nothing but the runtime can be missing.
    capabilities: laneCapabilities(isolated, { kind: 'none' }, runtime !== undefined),
    fingerprint: {
      host: formatSshTarget(settings.target),
      ...agentFacts(host.client.hello),
      ...(runtime === undefined ? {} : { containers: runtime.name }),
    },
    mode: isolated ? 'namespaces over ssh' : `no namespaces over ssh${because(host.reason ?? '')}`,
    referee: { kernel: 'real', cpu: settings.cpu },
  };
}

/**
 * Opens a lane on another machine over ssh.
 * @throws ArchParityError `SSH_…` (exit 3), `SSH_TARGET_INVALID`, `LANE_SETTING_INVALID` (exit 2)
 */
export async function openSshLane(spec: LaneSpec, options: OpenLaneOptions): Promise<Lane> {
  const settings = readSshSettings(spec);
  const written = spec.settings['platform'];
  const platform = written === undefined ? options.platform : parsePlatform(written);
  const local = new LocalImages({ ...options, platform });
  const parts: SshLaneParts = { spec, settings, platform, options, local };
  const connect = (): Promise<HostConnection> => connectHost(settings, { ...options, platform });
  const host = await connect();
  try {
    removeUnused(host);
    return new RemoteLane({
      info: laneInfo(host, parts),
      emulationFactor: options.measure
        ? await measureRemoteFactor({
            client: host.client,
            agentFile: host.agentFile,
            cacheDir: options.cacheDir,
            key: [
              'ssh',
              formatSshTarget(settings.target),
              host.client.hello.cpu,
              host.client.hello.kernel,
            ],
            otherwise: 1,
          })
        : 1,
      images: local,
      cacheDir: options.cacheDir,
      connection: await remoteConnection(host, parts),
      reconnect: async () => remoteConnection(await connect(), parts),
      reconnects: RECONNECTS,
      retriesLost: true,
      ...(options.logger === undefined ? {} : { logger: options.logger }),
    });
  } catch (error) {
    await host.close();
    throw error;
  }
}
