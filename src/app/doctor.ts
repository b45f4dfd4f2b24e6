import { tmpdir } from 'node:os';
import { hostPlatform, type Platform } from '../core/index.ts';

import { checkAgent } from './doctor/check-agent.ts';
import { checkCache, checkTemporary } from './doctor/check-directories.ts';
import { checkCounting } from './doctor/check-counting.ts';
import { checkEmulator } from './doctor/check-emulator.ts';
import { checkHandler } from './doctor/check-handler.ts';
import { checkHostHandler } from './doctor/check-host-handler.ts';
import { checkKernel, checkNode, readHostFacts } from './doctor/check-host.ts';
import { checkImages } from './doctor/check-images.ts';
import { checkMounts } from './doctor/check-mounts.ts';
import { checkNamespaces } from './doctor/check-namespaces.ts';
import type { Check } from './doctor/check.ts';
import { findAgent, type DoctorContext } from './doctor/context.ts';
import { findModes, type Modes } from './doctor/modes.ts';
import { withVanishingDirectory } from './doctor/vanishing-directory.ts';

export type { Check, CheckState, Fix } from './doctor/check.ts';
export type { Mode, Modes } from './doctor/modes.ts';

export interface DoctorOptions {
  /** The foreign platform. */
  readonly platform: Platform;
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

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  add(...checks: readonly Check[]): void {
    for (const check of checks) {
      this.checks.push(check);
      this.#options.onCheck?.(check);
    }
    this.#options.cancelSignal?.throwIfAborted();
  }
}

/**
 * Checks each precondition of the native and emulated lanes by doing it. Nothing of the host is
 * changed but the cache; all that is started has ended when this returns.
 * @throws the reason of `cancelSignal` when it is aborted
 */
export async function examineMachine(options: DoctorOptions): Promise<DoctorReport> {
  const host = hostPlatform();
  const facts = readHostFacts();
  const examination = new Examination(options);
  examination.add(checkKernel(facts), checkNode(facts));
  const temporary = await checkTemporary(tmpdir());
  const { check: cacheCheck, cacheDir } = await checkCache(findAgent(host));
  examination.add(cacheCheck, temporary);
  const parent = temporary.state === 'failed' ? cacheDir : tmpdir();
  // With no place to write to there is nothing left to try.
  if (parent === undefined) return summarise(examination, { host, options });
  return withVanishingDirectory(
    async (workDir) => {
      const { logger, platform } = options;
      const context: DoctorContext = {
        host,
        platform,
        workDir,
        cacheDir: cacheDir ?? workDir,
        ...(logger === undefined ? {} : { logger }),
      };
      return examineLanes(examination, context, options);
    },
    { parent, prefix: 'archparity-doctor' },
  );
}

async function examineLanes(
  examination: Examination,
  context: DoctorContext,
  options: DoctorOptions,
): Promise<DoctorReport> {
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
  examination.add(await checkHostHandler(context.platform, emulator.works && !isOk('handler')));
  examination.add(
    ...(await checkImages(context, {
      isolated,
      emulatedLaneRunsImages: handler.mode !== undefined && isOk('qemu'),
      otherwise: examination.checks.find(({ id }) => id === 'ids')?.fix,
    })),
  );
  examination.add(await checkCounting(context, { handlerWorks: isOk('handler') }));
  return summarise(examination, {
    host: context.host,
    options,
    nativeMode: namespaces.nativeMode,
    emulatedMode: handler.mode,
  });
}

interface Findings {
  readonly host: Platform;
  readonly options: DoctorOptions;
  readonly nativeMode?: string | undefined;
  readonly emulatedMode?: string | undefined;
}

function summarise(
  { checks }: Examination,
  { host, options, nativeMode, emulatedMode }: Findings,
): DoctorReport {
  const modes = findModes({ nativeMode, emulatedMode, checks });
  return { ready: modes.binaries.possible, platform: options.platform, host, modes, checks };
}
