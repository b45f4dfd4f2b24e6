import { pushIndex } from '../../build/index.ts';
import type { BuildReport } from './build-report.ts';
import type { BuildRequest } from './build-request.ts';
import { describeFailure } from './measure-strategies.ts';
import type { ProducedImages } from './prove-strategies.ts';

export interface PushChoice {
  readonly layout: string;
  readonly request: BuildRequest;
  /** Absolute, ours. */
  readonly directory: string;
}

/**
 * Pushes the index of the strategy that is recommended, if a push was asked for. A failure is told of in the report:
 * what was measured is worth having all the same.
 * @throws the reason of the request's `cancelSignal`
 */
export async function pushChosen(
  chosen: ProducedImages | undefined,
  { layout, request, directory }: PushChoice,
): Promise<Pick<BuildReport, 'pushed' | 'pushFailure'>> {
  const { push: reference, pushTool: tool, indexFormat: format, cancelSignal, logger } = request;
  if (reference === undefined) return {};
  if (chosen?.index === undefined)
    return {
      pushFailure: {
        code: 'BUILD_NOTHING_TO_PUSH',
        message: `Nothing was pushed to ${reference}: no image is recommended.`,
      },
    };
  try {
    const pushed = await pushIndex({
      ...{ reference, layoutDir: layout, tag: chosen.id, format, tool, directory, cancelSignal },
      ...(logger === undefined ? {} : { logger }),
    });
    return { pushed: { ...pushed, reference, strategy: chosen.id, tool } };
  } catch (error) {
    cancelSignal.throwIfAborted();
    const { code, message, advice } = describeFailure(error);
    return { pushFailure: { code, message, ...(advice === undefined ? {} : { advice }) } };
  }
}
