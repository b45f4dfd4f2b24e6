import type { LaneSpec, Platform } from '../../core/index.ts';
import { openLane, type Lane } from '../../lanes/index.ts';
import { agentPath } from '../../agent/index.ts';

/** What the checks share. */
export interface DoctorContext {
  /** The foreign platform. */
  readonly platform: Platform;
  readonly host: Platform;
  /** The user's cache, or a temporary directory when that one cannot be written. */
  readonly cacheDir: string;
  /** A temporary directory that goes away with the doctor. */
  readonly workDir: string;
  readonly logger?: (command: string) => void;
}

/** What the checks of what not every user has share. */
export interface OptionalContext extends DoctorContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cancelSignal?: AbortSignal;
}

/** Opens a lane as the product does. The caller closes it. @throws ArchParityError */
export async function openProbeLane(
  context: DoctorContext,
  kind: 'native' | 'emulated',
  {
    settings = {},
    cacheDir = context.cacheDir,
    countsInstructions = false,
  }: {
    readonly settings?: LaneSpec['settings'];
    readonly cacheDir?: string;
    readonly countsInstructions?: boolean;
  } = {},
): Promise<Lane> {
  const words = Object.entries(settings).map(([name, value]) => `,${name}=${value}`);
  return openLane(
    { id: `${kind}${words.join('')}`, kind, settings },
    {
      platform: context.platform,
      cacheDir,
      measure: false,
      countsInstructions,
      ...(context.logger === undefined ? {} : { logger: context.logger }),
    },
  );
}

/** The agent of a platform: a static program to try things with. `undefined` where none is shipped. */
export function findAgent(platform: Platform): string | undefined {
  try {
    return agentPath(platform);
  } catch {
    return undefined;
  }
}
