import { ArchParityError, hostPlatform, PLATFORMS, type Platform } from '../../core/index.ts';
import { administerHandlers, type HandlerTrials } from '../../lanes/index.ts';
import { sha256File } from '../../store/index.ts';
import { runsItself } from './choose-platforms.ts';
import { describeEntry } from './describe-entry.ts';
import { readFlags, type InstallRequest } from './install-request.ts';
import type { Outcome } from './outcome.ts';
import { programFile } from './places.ts';
import { findRefusals, type WantedHandler } from './plan-install.ts';
import type { Situation } from './situation.ts';
import { findInstalled } from './state.ts';

/** With what an installation is prepared. */
export interface Preparing {
  readonly request: InstallRequest;
  readonly cacheDir: string;
  readonly trials: HandlerTrials;
}

interface Candidates {
  readonly platforms: readonly Platform[];
  readonly leftOut: readonly Outcome[];
}

/** What is to be installed, and what is not because nobody named it. */
async function findCandidates(
  named: readonly Platform[] | undefined,
  { request, cacheDir, trials }: Preparing,
): Promise<Candidates> {
  const { logger } = request;
  const foreign =
    named ?? PLATFORMS.map(({ platform }) => platform).filter((one) => one !== hostPlatform());
  const asked = await Promise.all(
    foreign.map(async (platform) => ({ platform, trial: await trials.ask(platform) })),
  );
  const native = asked.filter(({ trial }) => trial.kind === 'native').map((one) => one.platform);
  const [first] = native;
  if (named !== undefined && first !== undefined) throw runsItself(first);
  const platforms = foreign.filter((platform) => !native.includes(platform));
  const leftOut = native.map((platform) => ({
    platform,
    outcome: 'left out' as const,
    reason: 'this machine runs it itself',
  }));
  // `all` is a name, too: what is asked for by name must be had.
  if (request.platforms.length > 0) return { platforms, leftOut };
  const { findHostQemus } = await administerHandlers();
  const found = await findHostQemus(platforms, {
    cacheDir,
    ...(logger === undefined ? {} : { logger }),
  });
  return {
    platforms: found.filter(({ problem }) => problem === undefined).map((one) => one.platform),
    leftOut: [
      ...leftOut,
      ...found.flatMap(({ platform, problem: reason }) =>
        reason === undefined ? [] : [{ platform, outcome: 'left out' as const, reason }],
      ),
    ],
  };
}

/** Before anything is changed for any platform. @throws ArchParityError `BINFMT_NOT_OURS` */
function refuseConflicts(
  situation: Situation,
  platforms: readonly Platform[],
  { replace, places }: InstallRequest,
): void {
  if (replace) return;
  const taken = platforms.flatMap((platform) => {
    const [first] = findRefusals(situation, platform, places);
    return first === undefined ? [] : [`${platform} is served by ${describeEntry(first)}`];
  });
  if (taken.length === 0) return;
  throw new ArchParityError({
    code: 'BINFMT_NOT_OURS',
    message: `This host has handlers that are not archparity's: ${taken.join('; ')}.`,
    advice:
      'Leave them, or use --replace: they are switched off, and on again by archparity binfmt remove.',
  });
}

async function prepareHandler(
  platform: Platform,
  situation: Situation,
  { request, cacheDir }: Pick<Preparing, 'request' | 'cacheDir'>,
): Promise<WantedHandler> {
  const { places, logger, qemu, cpu, persist } = request;
  const { prepareHostEmulator } = await administerHandlers();
  const emulator = await prepareHostEmulator(platform, {
    cacheDir,
    ...(logger === undefined ? {} : { logger }),
    ...(qemu === undefined ? {} : { qemu }),
    ...(cpu === undefined ? {} : { cpu }),
  });
  const interpreter = programFile(places, platform, emulator.sha256);
  const isThere =
    situation.files.includes(interpreter) && (await sha256File(interpreter)) === emulator.sha256;
  const { path, version, sha256 } = emulator.qemu;
  return {
    platform,
    interpreter,
    flags: readFlags(request.flags),
    qemu: { path, version, sha256 },
    ...(emulator.cpu === undefined ? {} : { cpu: emulator.cpu }),
    cpuId: emulator.cpuId,
    persistent: persist ?? findInstalled(situation.state, platform)?.persistent ?? false,
    ...(isThere ? {} : { from: emulator.path }),
  };
}

/**
 * What is to be installed. All that can be wrong with what was asked for is found here, before the first change.
 * @throws ArchParityError `BINFMT_NOT_OURS`, `QEMU_…`, `CPU_UNKNOWN`, `PLATFORM_NOT_FOREIGN`
 */
export async function prepareAll(
  named: readonly Platform[] | undefined,
  situation: Situation,
  preparing: Preparing,
): Promise<{ readonly wanted: readonly WantedHandler[]; readonly leftOut: readonly Outcome[] }> {
  const { platforms, leftOut } = await findCandidates(named, preparing);
  if (platforms.length === 0)
    throw new ArchParityError({
      code: 'QEMU_MISSING',
      message: 'There is no static qemu-user program in PATH for any foreign platform.',
      advice:
        'Install qemu-user-static, or name a platform and its QEMU: archparity binfmt install arm64 --qemu PATH',
    });
  refuseConflicts(situation, platforms, preparing.request);
  const wanted = await Promise.all(
    platforms.map((platform) => prepareHandler(platform, situation, preparing)),
  );
  return { wanted, leftOut };
}
