import type { LaneInfo } from '../../core/index.ts';
import type { OpenedAgent } from './open-agent.ts';
import type { Translation } from './translation.ts';

/** What an opened lane of this machine is made of. */
export interface LocalLaneParts {
  readonly info: LaneInfo;
  readonly opened: OpenedAgent;
  readonly translation: Translation;
  readonly emulationFactor: number;
  readonly cacheDir: string;
  readonly sysroot?: string;
  /** Resolves when the witness has answered as it should. Nothing is observed before. */
  readonly verified: Promise<void>;
}
