import { tmpdir } from 'node:os';
import { hostPlatform, type Platform } from '../core/index.ts';
import { detectPackageManager } from '../process/index.ts';

import { checkAgent } from './doctor/check-agent.ts';
import { checkCache, checkHome, checkRecords, checkTemporary } from './doctor/check-directories.ts';
import { checkCounting } from './doctor/check-counting.ts';
import { checkEmulator } from './doctor/check-emulator.ts';
import { checkHandler } from './doctor/check-handler.ts';
import { checkHostHandlers } from './doctor/check-host-handler.ts';
import { checkKernel, checkNode, readHostFacts } from './doctor/check-host.ts';
import { checkImages } from './doctor/check-images.ts';
import { checkMounts } from './doctor/check-mounts.ts';
import { checkNamespaces } from './doctor/check-namespaces.ts';
import { checkOptional } from './doctor/check-optional.ts';
import type { Check } from './doctor/check.ts';
import { completeCheck, hideLogins, type Surroundings } from './doctor/complete-fix.ts';
import { findAgent, type DoctorContext } from './doctor/context.ts';
import { findModes, type Modes } from './doctor/modes.ts';
import { withVanishingDirectory } from './doctor/vanishing-directory.ts';

export {
  applyFix,
  listSafeFixes,
  type AppliedFix,
  type FixRights,
  type SafeFix,
} from './doctor/apply-fixes.ts';
export type { Check, CheckState, Commands, Fix, Place } from './doctor/check.ts';
export type { PackageManager } from '../process/index.ts';
export { isUntried } from './doctor/complete-fix.ts';
export type { Mode, Modes } from './doctor/modes.ts';

export interface DoctorOptions {
  /** The foreign platform. */
  readonly platform: Platform;
  /** Whose project file names ssh hosts. Defaults to the working directory. */
  readonly cwd?: string;
  readonly logger?: (command: string) => void;
  /** Told of each check as it is made. */
  readonly onCheck?: (check: Check) => void;
  /** Ends the examination between two checks. */
  readonly cancelSignal?: AbortSignal;
}

export interface DoctorReport {
  /** Whether a foreign binary can be run: the main job. */
  readonly ready: boolean;
  readonly platform: Platform;
  readonly host: Platform;
  readonly modes: Modes;
  readonly checks: readonly Check[];
}

/** Collects checks as they are made, and stops between them. */
class Examination {
  readonly checks: Check[] = [];
  readonly #options: DoctorOptions;
  readonly #surroundings: Surroundings;

  constructor(options: DoctorOptions, surroundings: Surroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
  }

  add(...checks: readonly Check[]): void {
    for (const check of checks) {
      const complete = completeCheck(check, this.#surroundings);
      this.checks.push(complete);
      this.#options.onCheck?.(complete);
    }
    this.#options.cancelSignal?.throwIfAborted();
  }
}

/**
 * Checks each precondition of the lanes, and what else of this machine they meet, by doing it. Nothing of
 * the host is changed but the cache; all that is started has ended when this returns.
 * @throws the reason of `cancelSignal` when it is aborted
 */
export async function examineMachine(options: DoctorOptions): Promise<DoctorReport> {
  const host = hostPlatform();
  const facts = readHostFacts();
  const { env } = process;
  const cwd = options.cwd ?? process.cwd();
  const examination = new Examination(options, { manager: await detectPackageManager(), env });
  examination.add(checkKernel(facts), checkNode(facts));
  const temporary = await checkTemporary(tmpdir());
  const { check: cacheCheck, cacheDir } = await checkCache(findAgent(host));
  examination.add(cacheCheck, temporary, checkHome(env), checkRecords(cwd));
  const parent = temporary.state === 'failed' ? cacheDir : tmpdir();
  // With no place to write to there is nothing left to try.
  if (parent === undefined) return summarise(examination, { host, options });
  return withVanishingDirectory(
    async (workDir) => {
      const { cancelSignal, logger, platform } = options;
      const log = (command: string): void => logger?.(hideLogins(command));
      const context: DoctorContext = {
        host,
        platform,
        workDir,
        cacheDir: cacheDir ?? workDir,
        ...(logger === undefined ? {} : { logger: log }),
      };
      const optional = checkOptional({
        ...context,
        cwd,
        env,
        ...(cancelSignal === undefined ? {} : { cancelSignal }),
      });
      try {
        const findings = await examineLanes(examination, context);
        examination.add(...(await optional));
        return summarise(examination, { host, options, ...findings });
      } finally {
        // The directory is theirs, too.
        await optional;
      }
    },
    { parent, prefix: 'archparity-doctor' },
  );
}

interface LaneModes {
  readonly nativeMode?: string | undefined;
  readonly emulatedMode?: string | undefined;
}

async function examineLanes(examination: Examination, context: DoctorContext): Promise<LaneModes> {
  examination.add(await checkAgent(context.host, context.logger));
  const namespaces = await checkNamespaces(context);
  examination.add(...namespaces.checks);
  examination.add(...(await checkMounts(context, namespaces.isolated)));
  const emulator = await checkEmulator(context);
  examination.add(...emulator.checks);
  const { isolated } = namespaces;
  const handler = await checkHandler(context, { isolated, emulatorWorks: emulator.works });
  examination.add(...handler.checks);
  const isOk = (wanted: string): boolean =>
    examination.checks.some(({ id, state }) => id === wanted && state === 'ok');
  const laneNeedsIt = emulator.works && !isOk('handler');
  examination.add(...(await checkHostHandlers({ ...context, laneNeedsIt })));
  examination.add(
    ...(await checkImages(context, {
      isolated,
      emulatedLaneRunsImages: handler.mode !== undefined && isOk('qemu'),
      otherwise: examination.checks.find(({ id }) => id === 'ids')?.fix,
    })),
  );
  examination.add(await checkCounting(context, { handlerWorks: isOk('handler') }));
  return { nativeMode: namespaces.nativeMode, emulatedMode: handler.mode };
}

interface Findings extends LaneModes {
  readonly host: Platform;
  readonly options: DoctorOptions;
}

function summarise(
  { checks }: Examination,
  { host, options, nativeMode, emulatedMode }: Findings,
): DoctorReport {
  const modes = findModes({ nativeMode, emulatedMode, checks });
  return { ready: modes.binaries.possible, platform: options.platform, host, modes, checks };
}
