import { statSync } from 'node:fs';
import type { FileIdentity } from '../../agent/index.ts';
import type { ImageAccess } from '../../image/index.ts';
import {
  hostPlatform,
  parsePlatform,
  type LaneInfo,
  type LaneSpec,
  type Platform,
} from '../../core/index.ts';
import { deriveTracingQemu, prepareEmulator, type Emulator } from '../emulated/prepare-emulator.ts';
import type { Lane } from '../lane.ts';
import type { SharedConnections } from '../ssh/shared-connections.ts';
import { readEngine, type EngineLane, type LocalEngine } from './engine/local-engine.ts';
import { openEngine } from './engine/open-engine.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import { LocalLane } from './local-lane.ts';
import { openAgent, type OpenedAgent } from './open-agent.ts';
import { agentFacts, engineFacts, laneCapabilities } from './lane-facts.ts';
import { placeLibraries, requireCounting } from '../emulated/counting-qemu.ts';
import { because, translate } from './translate.ts';

export interface OpenLaneOptions {
  /** Platform of emulated lanes that do not name one. */
  readonly platform: Platform;
  readonly cacheDir: string;
  readonly logger?: (command: string) => void;
  /**
   * For suites: the lane is proven by its witness before it is given back, and its emulation factor is
   * measured. Without, the first command itself is the proof: the kernel must execute our emulator for it.
   */
  readonly measure: boolean;
  /** The lane's QEMU counts what its guests execute (`Observation.instructions`); emulated lanes alone. */
  readonly countsInstructions?: boolean;
  /** Ends the wait for another machine. */
  readonly cancelSignal?: AbortSignal;
  /** Those to other machines that a run has already, which lanes share; absent = each has its own. */
  readonly connections?: SharedConnections;
  /** How images that are no files are got, the same for all lanes of a run; absent = with the defaults. */
  readonly imageAccess?: ImageAccess;
}

function lanePlatform(spec: LaneSpec, otherwise: Platform): Platform {
  const written = spec.settings['platform'];
  return written === undefined ? otherwise : parsePlatform(written);
}

function cacheOptions({
  cacheDir,
  logger,
}: OpenLaneOptions): Pick<OpenLaneOptions, 'cacheDir' | 'logger'> {
  return { cacheDir, ...(logger === undefined ? {} : { logger }) };
}

function identify(path: string): FileIdentity {
  const { dev, ino } = statSync(path, { bigint: true });
  return { device: dev, inode: ino };
}

function openLaneEngine(
  spec: LaneSpec,
  lane: Omit<EngineLane, 'id' | 'kind' | 'cacheDir' | 'logger'>,
  options: OpenLaneOptions,
): Promise<LocalEngine> {
  const { id, kind } = spec;
  const engineLane: EngineLane = { id, kind, ...lane, ...cacheOptions(options) };
  return openEngine(readEngine(spec), engineLane, options.measure);
}

async function nativeParts(
  opened: OpenedAgent,
  spec: LaneSpec,
  options: OpenLaneOptions,
): Promise<LocalLaneParts> {
  const isolated = opened.maps !== undefined;
  const platform = lanePlatform(spec, hostPlatform());
  const translation = { kind: 'none' } as const;
  const engine = await openLaneEngine(spec, { platform, opened, translation }, options);
  const info: LaneInfo = {
    id: spec.id,
    kind: 'native',
    platform,
    capabilities: laneCapabilities(isolated, translation, true),
    fingerprint: { ...agentFacts(opened.agent.client.hello), ...engineFacts(engine) },
    mode: isolated ? 'namespaces' : `no namespaces${because(opened.reason ?? '')}`,
    referee: { kernel: 'borrowed', cpu: 'hardware' },
  };
  return {
    info,
    opened,
    translation,
    engine,
    emulationFactor: 1,
    verify: () => Promise.resolve(),
    ...cacheOptions(options),
    ...(options.imageAccess === undefined ? {} : { imageAccess: options.imageAccess }),
  };
}

interface EmulatedParts {
  readonly opened: OpenedAgent;
  readonly emulator: Emulator;
  readonly spec: LaneSpec;
}

async function emulatedParts(
  { opened, emulator, spec }: EmulatedParts,
  options: OpenLaneOptions,
): Promise<LocalLaneParts> {
  const platform = lanePlatform(spec, options.platform);
  const wanted = spec.settings['binfmt'] ?? 'auto';
  const { libraries } = emulator;
  const counts = libraries !== undefined;
  const { translation, mode, verify } = await translate({ opened, emulator, platform, wanted });
  const isolated = opened.maps !== undefined;
  if (counts) {
    requireCounting(translation.kind, isolated, mode);
    await opened.agent.client.mount(placeLibraries(libraries));
  }
  const engine = await openLaneEngine(spec, { platform, opened, translation, emulator }, options);
  const theirs = translation.kind === 'host' ? translation.qemu : undefined;
  const info: LaneInfo = {
    id: spec.id,
    kind: 'emulated',
    platform,
    capabilities: [
      ...laneCapabilities(isolated, translation, emulator.qemu.isStatic || counts),
      ...(counts ? (['instructions'] as const) : []),
    ],
    fingerprint: {
      ...agentFacts(opened.agent.client.hello),
      qemu: theirs === undefined ? emulator.qemu.version : 'the host handler’s',
      qemuPath: theirs ?? emulator.qemu.path,
      cpu: theirs === undefined ? (emulator.cpu ?? 'QEMU default') : 'the host handler’s',
      ...(emulator.sysroot === undefined ? {} : { sysroot: emulator.sysroot }),
      ...engineFacts(engine),
    },
    mode: isolated ? mode : `${mode}; no namespaces${because(opened.reason ?? '')}`,
    referee: { kernel: 'borrowed', cpu: 'tcg' },
  };
  let emulationFactor = 1;
  if (options.measure) {
    // One that counts is linked with what is in the lane alone.
    const measurable = counts ? emulator.qemu.path : emulator.path;
    const measured = import('../emulated/emulation-factor.ts').then(({ measureEmulationFactor }) =>
      measureEmulationFactor(measurable, platform, cacheOptions(options)),
    );
    [emulationFactor] = await Promise.all([measured, verify()]);
  }
  return {
    info,
    opened,
    translation,
    engine,
    emulationFactor,
    verify,
    ...(translation.kind === 'private' ? { emulator: identify(emulator.path) } : {}),
    ...(counts
      ? { libraries }
      : {
          tracingQemu: (traceFile: string) =>
            deriveTracingQemu(emulator, traceFile, cacheOptions(options)),
        }),
    ...cacheOptions(options),
    ...(options.imageAccess === undefined ? {} : { imageAccess: options.imageAccess }),
    ...(emulator.sysroot === undefined ? {} : { sysroot: emulator.sysroot }),
  };
}

/**
 * Opens a native or emulated lane on this machine: its agent, its namespaces, its emulator, proven by
 * the witness before anything else runs.
 * @throws ArchParityError when the lane cannot work here
 */
export async function openLocalLane(spec: LaneSpec, options: OpenLaneOptions): Promise<Lane> {
  const parts = await openParts(spec, options);
  return new LocalLane(parts, () => openParts(spec, { ...options, measure: false }));
}

async function openParts(spec: LaneSpec, options: OpenLaneOptions): Promise<LocalLaneParts> {
  const isolation = spec.settings['isolation'] === 'none' ? 'none' : 'auto';
  // Both take a while and need nothing of each other.
  const [opening, preparing] = await Promise.allSettled([
    openAgent({ isolation, ...(options.logger === undefined ? {} : { logger: options.logger }) }),
    spec.kind === 'native' ? undefined : prepareLaneEmulator(spec, options),
  ]);
  if (opening.status === 'rejected') throw opening.reason;
  const opened = opening.value;
  try {
    if (preparing.status === 'rejected') throw preparing.reason;
    const emulator = preparing.value;
    return emulator === undefined
      ? await nativeParts(opened, spec, options)
      : await emulatedParts({ opened, emulator, spec }, options);
  } catch (error) {
    await opened.agent.close();
    throw error;
  }
}

async function prepareLaneEmulator(spec: LaneSpec, options: OpenLaneOptions): Promise<Emulator> {
  const { countsInstructions = false } = options;
  return prepareEmulator(spec, lanePlatform(spec, options.platform), {
    ...cacheOptions(options),
    countsInstructions,
  });
}
