import { existsSync } from 'node:fs';
import type { Platform } from '../core/index.ts';
import { readPlatforms } from './binfmt/choose-platforms.ts';
import { installHandlers as install } from './binfmt/install.ts';
import type { InstallRequest as PlacedInstallRequest } from './binfmt/install-request.ts';
import { judgeSurvey, type Verdict } from './binfmt/judge-survey.ts';
import type { Outcome } from './binfmt/outcome.ts';
import { HOST_PLACES } from './binfmt/places.ts';
import {
  removeHandlers as remove,
  type RemoveRequest as PlacedRemoveRequest,
} from './binfmt/remove.ts';
import { surveyHandlers, type Survey } from './binfmt/survey.ts';
import { withTrialDirectory } from './binfmt/trial-directory.ts';

export type { Verdict } from './binfmt/judge-survey.ts';
export type { Outcome } from './binfmt/outcome.ts';
export type {
  InstalledFate,
  Survey,
  SurveyedEntry,
  SurveyedInstallation,
  SurveyedPlatform,
} from './binfmt/survey.ts';

export type InstallRequest = Omit<PlacedInstallRequest, 'places'>;
export type RemoveRequest = Omit<PlacedRemoveRequest, 'places'>;

export interface SurveyRequest {
  /** As written; none and `all` = all. */
  readonly platforms: readonly string[];
  readonly logger?: (command: string) => void;
}

/** The table of the host, and who runs what by it. */
export interface Surveyed {
  readonly survey: Survey;
  /** Those that were asked for. */
  readonly named: readonly Platform[] | undefined;
  readonly verdicts: readonly Verdict[];
}

/** Looks at the handlers of the host and runs a program of each platform. @throws ArchParityError */
export async function surveyHost({ platforms, logger }: SurveyRequest): Promise<Surveyed> {
  const named = readPlatforms(platforms);
  const survey = await withTrialDirectory((cacheDir) =>
    surveyHandlers({
      places: HOST_PLACES,
      cacheDir,
      ...(logger === undefined ? {} : { logger }),
    }),
  );
  return { survey, named, verdicts: judgeSurvey(survey, named) };
}

/** Registers handlers on the host. @throws ArchParityError: nothing was changed then */
export async function installHandlers(request: InstallRequest): Promise<readonly Outcome[]> {
  return install({ ...request, places: HOST_PLACES });
}

/** Takes away what was installed. @throws ArchParityError: nothing was changed then */
export async function removeHandlers(request: RemoveRequest): Promise<readonly Outcome[]> {
  return remove({ ...request, places: HOST_PLACES });
}

/** Who reads binfmt.d(5) at boot: systemd, OpenRC, dinit's helpers. */
const READERS = [
  '/usr/lib/systemd/systemd-binfmt',
  '/lib/systemd/systemd-binfmt',
  '/etc/init.d/binfmt',
  '/usr/libexec/dinit/helpers/binfmt',
];

/** Whether something on this host registers at boot what `--persist` declares. */
export function readsDeclarations(): boolean {
  return READERS.some((path) => existsSync(path));
}
