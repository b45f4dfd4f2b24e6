import { join } from 'node:path';
import { makeDirectory } from '../../store/index.ts';
import { buildImage, type BuildRun } from '../build-image.ts';
import type { DockerEndpoint } from '../docker-endpoint.ts';
import { exportImage, removeImage } from '../export-image.ts';
import type { Strategy, StrategyContext } from './strategy.ts';

export interface DockerStrategyParts extends Pick<Strategy, 'id' | 'facts' | 'needs'> {
  readonly endpoint: DockerEndpoint;
  /** Absolute. */
  readonly dockerfile: string;
  /** Whether the daemon stays when we go, so that what we built must be removed from it. */
  readonly lasting: boolean;
  readonly end: () => Promise<void>;
}

/** A strategy that builds with a docker daemon, whichever. */
export function dockerStrategy(parts: DockerStrategyParts, context: StrategyContext): Strategy {
  const { id, facts, needs, endpoint, dockerfile, lasting } = parts;
  const directory = join(context.directory, id, 'builds');
  makeDirectory(directory);
  const built = new Set<string>();
  const { context: path, buildArgs, target } = context;
  return {
    id,
    facts,
    needs,
    dockerfile,
    build: async (platform, options): Promise<BuildRun> => {
      const run = await buildImage(
        endpoint,
        {
          context: path,
          dockerfile,
          platform,
          buildArgs,
          ...(target === undefined ? {} : { target }),
        },
        { ...options, directory },
      );
      built.add(run.imageId);
      return run;
    },
    exportTo: async ({ imageId }, { layout, tag }, cancelSignal) =>
      exportImage(endpoint, { id: imageId, layout, tag }, cancelSignal),
    close: async () => {
      try {
        if (lasting) for (const image of built) await removeImage(endpoint, image);
      } finally {
        await parts.end();
      }
    },
  };
}
