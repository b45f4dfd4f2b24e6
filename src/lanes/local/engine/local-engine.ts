import {
  ArchParityError,
  type LaneKind,
  type LaneSpec,
  type Platform,
} from '../../../core/index.ts';
import type { CommandLogger } from '../../../process/index.ts';
import type { EnginePlace } from '../../attempt/engine-spawn.ts';
import type { ImageSubject } from '../../attempt/subject.ts';
import type { Translation } from '../../attempt/translation.ts';
import type { Emulator } from '../../emulated/prepare-emulator.ts';
import { LANE_ENGINES, type LaneEngine } from '../../lane-spec.ts';
import { NOT_ASKED_FOR, type OpenedAgent } from '../open-agent.ts';

/** What runs the images of a lane of this machine. */
export interface LocalEngine {
  /** `podman 4.3.1`; absent where nobody has to know. */
  readonly version?: string;
  /** Whether what it runs in is known to have ended. */
  isLost(): boolean;
  /** Asks what it runs in whether it is still there: its end is heard of late. */
  checkLost(): Promise<boolean>;
  /** Brings an image to where it needs it, once. @throws ArchParityError */
  bring(image: ImageSubject): Promise<ImageSubject>;
  /**
   * What its containers are made with.
   * @param needed - host paths (the image's root, fixtures) that putting one together must not cover
   * @throws ArchParityError
   */
  place(needed: readonly string[]): Promise<EnginePlace>;
  close(): Promise<void>;
}

/** The lane that an engine is for. */
export interface EngineLane {
  readonly id: string;
  readonly kind: LaneKind;
  readonly platform: Platform;
  readonly opened: OpenedAgent;
  readonly translation: Translation;
  /** Of an emulated lane. */
  readonly emulator?: Emulator;
  /** From `ensureCacheRoot`. */
  readonly cacheDir: string;
  readonly logger?: CommandLogger;
}

/** The engine that a lane's settings name. */
export function readEngine({ settings }: Pick<LaneSpec, 'settings'>): LaneEngine {
  return LANE_ENGINES.find((name) => name === settings['engine']) ?? 'crun';
}

/**
 * For engines that somebody asked for: they need more than one id, and namespaces to have them in.
 * @throws ArchParityError `ENGINE_IMPOSSIBLE`
 */
export function requireIds(name: LaneEngine, { id, opened }: EngineLane): void {
  const { maps, reason = 'there are no namespaces' } = opened;
  if (maps !== undefined && maps.kind !== 'single') return;
  throw new ArchParityError({
    code: 'ENGINE_IMPOSSIBLE',
    message: `The lane ${id} cannot run images with ${name} here: ${maps === undefined ? reason : 'you have one user id alone'}.`,
    advice:
      maps !== undefined
        ? 'Give your user subordinate ids in /etc/subuid and /etc/subgid (usermod --add-subuids), or use engine=crun.'
        : reason === NOT_ASKED_FOR
          ? 'Leave isolation=none out of the lane.'
          : 'Run archparity doctor, which says what is missing.',
  });
}
