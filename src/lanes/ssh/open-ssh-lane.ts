import {
  parsePlatform,
  type Capability,
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
import { chooseEngine, type HostEngine } from './choose-engine.ts';
import { DockerImages } from './docker-images.ts';
import { SharedConnections } from './shared-connections.ts';
import { HostImages } from './host-images.ts';
import { removeUnused } from './host-upkeep.ts';
import { readSshSettings, type SshSettings } from './ssh-settings.ts';
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

/** A connected host with what runs images there. */
interface OpenHost {
  readonly host: HostConnection;
  readonly engine?: HostEngine;
}

async function openHost(parts: SshLaneParts): Promise<OpenHost> {
  const { options, platform, settings } = parts;
  const connect = (isolation: SshSettings['isolation']): Promise<HostConnection> =>
    connectHost({ ...settings, isolation }, { ...options, platform });
  const host = await connect(settings.isolation);
  try {
    const engine = await chooseEngine(host, { settings, connectPlainly: () => connect('none') });
    return { host, ...(engine === undefined ? {} : { engine }) };
  } catch (error) {
    await host.close();
    throw error;
  }
}

async function closeHost({ host, engine }: OpenHost): Promise<void> {
  await Promise.all([host.close(), ...(engine?.kind === 'docker' ? [engine.host.close()] : [])]);
}

async function containerEngine(
  { host, engine }: OpenHost,
  parts: SshLaneParts,
): Promise<ContainerEngine | undefined> {
  const { local, options, settings } = parts;
  const common = {
    stateDir: host.facts.stateDirectory,
    place: formatSshTarget(settings.target),
    cacheDir: options.cacheDir,
    local,
    ...(options.logger === undefined ? {} : { logger: options.logger }),
  };
  if (engine === undefined) return undefined;
  if (engine.kind === 'docker') {
    const { client } = engine.host;
    const images = new DockerImages({ ...common, client, daemon: engine.daemon });
    return {
      crun: engine.daemon.path,
      docker: { ...engine.daemon, client },
      place: (image) => images.place(image),
    };
  }
  const { client } = host;
  const images = new HostImages({ ...common, client, hasOwners: hasAllIds(host) });
  // crun refuses the hybrid hierarchy of cgroup v1 and v2, and wants to see one of its own.
  await client.mount([{ kind: 'cgroup2', target: '/sys/fs/cgroup' }]).catch(() => undefined);
  return {
    crun: engine.path,
    ...(engine.name === 'crun' ? {} : { runtime: engine.name }),
    place: (image) => images.place(image),
  };
}

function hasAllIds({ facts, namespaces }: HostConnection): boolean {
  return (namespaces?.uidMaps.length ?? 0) > 1 || facts.uid === 0;
}

async function remoteConnection(opened: OpenHost, parts: SshLaneParts): Promise<RemoteConnection> {
  const { host } = opened;
  const { client, facts, namespaces } = host;
  const ids = facts.uid === 0 ? 'all' : hasAllIds(host) ? 'subordinate' : 'single';
  const engine = await containerEngine(opened, parts);
  return {
    client,
    stateDir: facts.stateDirectory,
    agentFile: host.agentFile,
    ...(namespaces === undefined ? {} : { ids }),
    ...(engine === undefined ? {} : { engine }),
    explainLoss: async () => {
      const ofDocker = engine?.docker?.client.isLost === true && opened.engine?.kind === 'docker';
      const lost = ofDocker ? opened.engine.host : host;
      const { code, message, advice } = await lost.explainLoss();
      return { code, message, ...(advice === undefined ? {} : { advice }) };
    },
    close: () => closeHost(opened),
  };
}

function laneInfo({ host, engine }: OpenHost, parts: SshLaneParts): LaneInfo {
  const { platform, settings, spec } = parts;
  const isolated = host.namespaces !== undefined;
  // A program there is loaded by the host itself: nothing but the runtime can be missing.
  const capabilities = laneCapabilities(isolated, { kind: 'none' }, engine !== undefined);
  const onlyImages: Capability[] = isolated || engine === undefined ? [] : ['images'];
  const name = engine?.kind === 'docker' ? 'docker' : engine?.name;
  return {
    id: spec.id,
    kind: 'ssh',
    platform,
    capabilities: [...capabilities, ...onlyImages],
    fingerprint: {
      host: formatSshTarget(settings.target),
      ...agentFacts(host.client.hello),
      ...(name === undefined ? {} : { containers: name }),
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
  const { connections = new SharedConnections() } = options;
  const parts: SshLaneParts = {
    spec,
    settings,
    platform,
    options: { ...options, connections },
    local,
  };
  const opened = await openHost(parts);
  const { host, engine } = opened;
  try {
    const whenTidy = removeUnused(
      host,
      engine?.kind === 'docker' ? { client: engine.host.client, daemon: engine.daemon } : undefined,
    );
    const connection = await remoteConnection(opened, parts);
    return new RemoteLane({
      info: laneInfo(opened, parts),
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
            ...(options.logger === undefined ? {} : { logger: options.logger }),
          })
        : 1,
      images: local,
      cacheDir: options.cacheDir,
      connection: {
        ...connection,
        close: async () => {
          await whenTidy();
          await connection.close();
        },
      },
      reconnect: async () => remoteConnection(await openHost(parts), parts),
      reconnects: RECONNECTS,
      retriesLost: true,
      ...(options.logger === undefined ? {} : { logger: options.logger }),
    });
  } catch (error) {
    await closeHost(opened);
    throw error;
  }
}
