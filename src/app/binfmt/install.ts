import { ArchParityError, type Platform } from '../../core/index.ts';
import { administerHandlers, type HandlerTrials } from '../../lanes/index.ts';
import { administer, applyWhole, requireRoot } from './administration.ts';
import type { Proof } from './apply-steps.ts';
import { readPlatforms } from './choose-platforms.ts';
import { readFlags, requireOnePlatform, type InstallRequest } from './install-request.ts';
import { mendSteps } from './mend.ts';
import { failedOutcome, type Outcome } from './outcome.ts';
import { entryName } from './places.ts';
import { installSteps, type WantedHandler } from './plan-install.ts';
import { prepareAll, type Preparing } from './prepare-install.ts';
import { findOwnEntry, readSituation } from './situation.ts';
import { findInstalled } from './state.ts';
import { describeStep, type Step } from './steps.ts';
import { withTrialDirectory } from './trial-directory.ts';

async function prove(
  { platform, interpreter, cpuId }: Proof,
  trials: HandlerTrials,
): Promise<void> {
  const { verifyWitness } = await administerHandlers();
  const trial = await trials.ask(platform);
  if (trial.kind !== 'refused') {
    verifyWitness(trial.answer, { platform, qemu: interpreter, cpuId });
    return;
  }
  throw new ArchParityError({
    code: 'BINFMT_PROOF_FAILED',
    message: `A ${platform} program does not run in a chroot by ${interpreter}: ${trial.reason}.`,
    advice: 'Nothing was changed. See archparity doctor, or try another QEMU: --qemu PATH',
  });
}

function isUnproven(error: unknown): boolean {
  const codes = ['WITNESS_DISAGREES', 'BINFMT_PROOF_FAILED'];
  return error instanceof ArchParityError && codes.includes(error.code);
}

async function installOne(
  platform: Platform,
  wanted: WantedHandler,
  { request, trials }: Preparing,
): Promise<Outcome> {
  const { places } = request;
  const applied: Step['kind'][] = [];
  const applying = {
    places,
    verify: (proof: Proof) => prove(proof, trials),
    onStep: ({ kind }: Step) => void applied.push(kind),
  };
  const situation = readSituation(places);
  const steps = installSteps(situation, wanted, { places });
  const name = entryName(platform);
  const isRegistered = steps.some((step) => step.kind === 'register' && step.name === name);
  try {
    await applyWhole(steps, applying);
  } catch (error) {
    // All is as it should be but the file that the kernel holds: somebody replaced it.
    if (isRegistered || !isUnproven(error)) throw error;
    await applyWhole(
      installSteps(readSituation(places), wanted, { places, renew: true }),
      applying,
    );
  }
  const handler = findInstalled(readSituation(places).state, platform);
  if (handler === undefined) throw new TypeError(`${platform} was installed and is not known`);
  const isNew = findOwnEntry(situation.table, name, places) === undefined;
  const isChanged = applied.some((kind) => kind !== 'verify' && kind !== 'record');
  return { platform, handler, outcome: isNew ? 'installed' : isChanged ? 'changed' : 'unchanged' };
}

async function planInstall(
  named: readonly Platform[] | undefined,
  preparing: Preparing,
): Promise<readonly Outcome[]> {
  const { places } = preparing.request;
  const situation = readSituation(places);
  const { wanted, leftOut } = await prepareAll(named, situation, preparing);
  const mending = mendSteps(situation, places);
  return [
    ...wanted.map((one, index): Outcome => {
      const steps = installSteps(situation, one, { places });
      const all = index === 0 ? [...mending, ...steps] : steps;
      return { platform: one.platform, outcome: 'planned', steps: all.map(describeStep) };
    }),
    ...leftOut,
  ];
}

async function installAll(
  named: readonly Platform[] | undefined,
  preparing: Preparing,
): Promise<readonly Outcome[]> {
  const { places, cancelSignal } = preparing.request;
  const { wanted, leftOut } = await prepareAll(named, readSituation(places), preparing);
  const outcomes: Outcome[] = [];
  for (const one of wanted) {
    cancelSignal.throwIfAborted();
    outcomes.push(
      await installOne(one.platform, one, preparing).catch((error: unknown) =>
        failedOutcome(one.platform, error),
      ),
    );
  }
  return [...outcomes, ...leftOut];
}

/**
 * Registers handlers on the host, proves each, and keeps what `remove` needs. A platform's handler is installed or
 * its table is as it was.
 * @throws ArchParityError `BINFMT_…`, `QEMU_…`, `CPU_UNKNOWN`, `PLATFORM_…`, `USAGE`: nothing was changed then
 */
export async function installHandlers(request: InstallRequest): Promise<readonly Outcome[]> {
  const { places, logger, dryRun, onWait, cancelSignal } = request;
  const named = readPlatforms(request.platforms);
  readFlags(request.flags);
  requireOnePlatform(request, named);
  if (!dryRun) requireRoot('install');
  const { openHandlerTrials, requireUsableTable } = await administerHandlers();
  requireUsableTable(readSituation(places).table);
  const log = logger === undefined ? {} : { logger };
  const withTrials = async (
    cacheDir: string,
    work: (preparing: Preparing) => Promise<readonly Outcome[]>,
  ): Promise<readonly Outcome[]> => {
    const trials = await openHandlerTrials({ cacheDir, ...log });
    try {
      return await work({ request, cacheDir, trials });
    } finally {
      await trials.close();
    }
  };
  if (dryRun)
    return withTrialDirectory((directory) =>
      withTrials(directory, (preparing) => planInstall(named, preparing)),
    );
  return administer(
    { places, cancelSignal, ...log, ...(onWait === undefined ? {} : { onWait }) },
    (cacheDir) => withTrials(cacheDir, (preparing) => installAll(named, preparing)),
  );
}
