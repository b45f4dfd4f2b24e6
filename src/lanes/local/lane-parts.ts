import type { FileIdentity } from '../../agent/index.ts';
import type { ImageAccess } from '../../image/index.ts';
import type { LaneInfo } from '../../core/index.ts';
import type { LocalEngine } from './engine/local-engine.ts';
import type { OpenedAgent } from './open-agent.ts';
import type { Translation } from '../attempt/translation.ts';

/** What an opened lane of this machine is made of. */
export interface LocalLaneParts {
  readonly info: LaneInfo;
  readonly opened: OpenedAgent;
  readonly translation: Translation;
  /** Runs its images. */
  readonly engine: LocalEngine;
  readonly emulationFactor: number;
  readonly cacheDir: string;
  readonly logger?: (command: string) => void;
  /** How images that are no files are got. */
  readonly imageAccess?: ImageAccess;
  readonly sysroot?: string;
  /** Its QEMU counts instructions: what that is linked with. */
  readonly libraries?: string;
  /** Has the witness answer, once. Nothing is observed before. @throws ArchParityError */
  readonly verify: () => Promise<void>;
  /** Its QEMU once more, one that logs the system calls of its guests to a file. @throws ArchParityError */
  readonly tracingQemu?: (traceFile: string) => Promise<string>;
  /** The emulator that every program of the lane must be executed by, where it is ours. */
  readonly emulator?: FileIdentity;
}
