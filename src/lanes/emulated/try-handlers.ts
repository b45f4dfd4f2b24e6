import { dirname } from 'node:path';
import { ArchParityError, type Platform } from '../../core/index.ts';
import type { CacheEntryOptions } from '../../store/index.ts';
import { openAgent } from '../local/open-agent.ts';
import { askWitness, placeWitness, type WitnessAnswer } from './ask-witness.ts';

/** How the kernel runs a platform's programs here: by a handler, by itself, or not. */
export type HandlerTrial =
  | { readonly kind: 'emulated' | 'native'; readonly answer: WitnessAnswer }
  /** There is no handler, or it does not work. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Runs witnesses by the handlers that this process has, those of the host as a rule. */
export interface HandlerTrials {
  /** Whether they run in a root of their own, as in a container; the reason why not. */
  readonly confined: true | string;
  ask(platform: Platform): Promise<HandlerTrial>;
  close(): Promise<void>;
}

/** As the witness is called in a root that holds nothing else. */
const WITNESS = '/witness';

/**
 * Opens what runs witnesses: each in a chroot that holds nothing but itself, with an empty environment, which is
 * what a handler meets in a container. Who is not root needs a user namespace for that; it inherits the handlers.
 * @throws ArchParityError when there is no agent
 */
export async function openHandlerTrials(
  options: Pick<CacheEntryOptions, 'cacheDir' | 'logger'>,
): Promise<HandlerTrials> {
  const { logger } = options;
  const isRoot = process.geteuid?.() === 0;
  const opened = await openAgent({
    isolation: isRoot ? 'none' : 'auto',
    ...(logger === undefined ? {} : { logger }),
  });
  const confined = isRoot || opened.maps !== undefined ? true : (opened.reason ?? 'unknown');
  const { client } = opened.agent;
  return {
    confined,
    close: () => opened.agent.close(),
    ask: async (platform) => {
      const path = await placeWitness(platform, options);
      try {
        const answer =
          confined === true
            ? await askWitness(client, WITNESS, { root: dirname(path) })
            : await askWitness(client, path);
        if (answer === undefined) return { kind: 'refused', reason: 'the kernel has no handler' };
        return { kind: answer.executedBy === path ? 'native' : 'emulated', answer };
      } catch (error) {
        if (!(error instanceof ArchParityError) || error.code !== 'WITNESS_FAILED') throw error;
        return { kind: 'refused', reason: error.message };
      }
    },
  };
}
