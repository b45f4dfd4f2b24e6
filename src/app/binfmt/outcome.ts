import { ArchParityError, type Platform } from '../../core/index.ts';
import type { InstalledHandler } from './state.ts';

/** How a platform fared. */
export type Outcome =
  | {
      readonly platform: Platform;
      readonly outcome: 'installed' | 'changed' | 'unchanged';
      readonly handler: InstalledHandler;
    }
  | { readonly platform: Platform; readonly outcome: 'removed' | 'absent' }
  /** With --dry-run. */
  | { readonly platform: Platform; readonly outcome: 'planned'; readonly steps: readonly string[] }
  | { readonly platform: Platform; readonly outcome: 'left out'; readonly reason: string }
  | {
      readonly platform: Platform;
      readonly outcome: 'failed';
      readonly code: string;
      readonly message: string;
      readonly advice?: string;
    };

/** An error that keeps one platform from what was asked for. @throws what is none of ours */
export function failedOutcome(platform: Platform, error: unknown): Outcome {
  if (!(error instanceof ArchParityError)) throw error;
  return {
    platform,
    outcome: 'failed',
    code: error.code,
    message: error.message,
    ...(error.advice === undefined ? {} : { advice: error.advice }),
  };
}
