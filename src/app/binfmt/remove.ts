import { ArchParityError, PLATFORMS, type Platform } from '../../core/index.ts';
import { administerHandlers, findServingHandler } from '../../lanes/index.ts';
import { administer, applyWhole, requireRoot } from './administration.ts';
import { readPlatforms } from './choose-platforms.ts';
import { describeEntry } from './describe-entry.ts';
import { mendSteps } from './mend.ts';
import { failedOutcome, type Outcome } from './outcome.ts';
import type { BinfmtPlaces } from './places.ts';
import { removeSteps } from './plan-remove.ts';
import { readSituation, type Situation } from './situation.ts';
import { describeStep } from './steps.ts';

export interface RemoveRequest {
  /** As written; none and `all` = all that are installed. */
  readonly platforms: readonly string[];
  readonly dryRun: boolean;
  readonly places: BinfmtPlaces;
  readonly logger?: (command: string) => void;
  /** Called when somebody else is at it. */
  readonly onWait?: () => void;
  /** Between two platforms. */
  readonly cancelSignal: AbortSignal;
}

/** Who asks for a platform by name shall know that its handler stays. @throws ArchParityError `BINFMT_NOT_OURS` */
function refuseOthers(
  named: readonly Platform[],
  situation: Situation,
  places: BinfmtPlaces,
): void {
  const others = named
    .filter((platform) => removeSteps(situation, platform, places).length === 0)
    .flatMap((platform) => {
      const serving = findServingHandler(situation.table, platform);
      return serving === undefined ? [] : [`${platform} is served by ${describeEntry(serving)}`];
    });
  if (others.length === 0) return;
  throw new ArchParityError({
    code: 'BINFMT_NOT_OURS',
    message: `Only what archparity installed is removed, and ${others.join('; ')}.`,
    advice: 'Remove it with the tool that registered it.',
  });
}

/** What of ours there is for a platform, or was asked for by name. */
function choosePlatforms(
  named: readonly Platform[] | undefined,
  situation: Situation,
  places: BinfmtPlaces,
): readonly Platform[] {
  if (named === undefined)
    return PLATFORMS.map(({ platform }) => platform).filter(
      (platform) => removeSteps(situation, platform, places).length > 0,
    );
  refuseOthers(named, situation, places);
  return named;
}

function planRemoval(
  named: readonly Platform[] | undefined,
  places: BinfmtPlaces,
): readonly Outcome[] {
  const situation = readSituation(places);
  const mending = mendSteps(situation, places);
  return choosePlatforms(named, situation, places).map((platform, index): Outcome => {
    const steps = removeSteps(situation, platform, places);
    const all = index === 0 ? [...mending, ...steps] : steps;
    return { platform, outcome: 'planned', steps: all.map(describeStep) };
  });
}

async function removeOne(platform: Platform, places: BinfmtPlaces): Promise<Outcome> {
  const steps = removeSteps(readSituation(places), platform, places);
  if (steps.length === 0) return { platform, outcome: 'absent' };
  await applyWhole(steps, { places, verify: () => Promise.resolve() });
  return { platform, outcome: 'removed' };
}

/**
 * Takes away what `install` registered, gives back what it replaced, and leaves nothing.
 * @throws ArchParityError `BINFMT_…`, `PLATFORM_…`, `USAGE`: nothing was changed then
 */
export async function removeHandlers(request: RemoveRequest): Promise<readonly Outcome[]> {
  const { places, dryRun, logger, onWait, cancelSignal } = request;
  const named = readPlatforms(request.platforms);
  if (!dryRun) requireRoot('remove');
  const { requireUsableTable } = await administerHandlers();
  // A table that is switched off can be cleaned all the same.
  requireUsableTable({ ...readSituation(places).table, enabled: true });
  if (dryRun) return planRemoval(named, places);
  return administer(
    {
      places,
      cancelSignal,
      ...(logger === undefined ? {} : { logger }),
      ...(onWait === undefined ? {} : { onWait }),
    },
    async () => {
      const outcomes: Outcome[] = [];
      for (const platform of choosePlatforms(named, readSituation(places), places)) {
        cancelSignal.throwIfAborted();
        outcomes.push(
          await removeOne(platform, places).catch((error: unknown) =>
            failedOutcome(platform, error),
          ),
        );
      }
      return outcomes;
    },
  );
}
