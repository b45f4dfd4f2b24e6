import { statSync } from 'node:fs';
import { hostPlatform, platformFacts, PLATFORMS, type Platform } from '../../core/index.ts';
import {
  administerHandlers,
  findHandlerClaims,
  findHandlerFaults,
  findHandlersFor,
  findServingHandler,
  nameCpu,
  readInterpreterState,
  type HandlerClaim,
  type HandlerTable,
  type HostHandler,
} from '../../lanes/index.ts';
import { sha256File } from '../../store/index.ts';
import { entryName, type BinfmtPlaces } from './places.ts';
import { findOwnEntry, isOwnEntry, readSituation, type Situation } from './situation.ts';
import { findInstalled, type InstalledHandler } from './state.ts';

/** An entry of the table, as it matters for a platform. */
export interface SurveyedEntry {
  readonly name: string;
  readonly interpreter: string;
  readonly flags: string;
  readonly enabled: boolean;
  /** The kernel asks it first. */
  readonly serving: boolean;
  /** Registered by `archparity binfmt install`. */
  readonly own: boolean;
  readonly claims: readonly HandlerClaim[];
  /** Clauses that say what is wrong with it. */
  readonly faults: readonly string[];
}

/** What became of a handler that was installed. */
export type InstalledFate =
  | 'registered'
  | 'gone after a reboot'
  | 'gone: somebody else removed it'
  | 'unknown: binfmt_misc is not mounted';

export interface SurveyedInstallation extends InstalledHandler {
  readonly fate: InstalledFate;
  /** Whether the QEMU that it was made of is another one now. */
  readonly outdated: boolean;
}

/** How programs of a platform fare on this host. */
export interface SurveyedPlatform {
  readonly platform: Platform;
  /** A program of it was run: by a handler, or by the machine itself. */
  readonly runs: 'emulated' | 'native' | 'no';
  /** What the kernel executed for it. */
  readonly executedBy?: string;
  /** MIDR_EL1 in hex on arm64, `-` elsewhere. */
  readonly cpuId?: string;
  /** Its name, or the same digits; absent where a platform's programs cannot tell. */
  readonly cpu?: string;
  /** Why it does not run. */
  readonly reason?: string;
  readonly entries: readonly SurveyedEntry[];
  readonly installed?: SurveyedInstallation;
}

export interface Survey {
  readonly host: Platform;
  readonly table: HandlerTable['state'] | 'switched-off';
  /** Whether programs were run in a root that holds nothing else, as containers have it; else why not. */
  readonly confined: true | string;
  /** Names of all entries that are on. */
  readonly emulators: readonly string[];
  readonly platforms: readonly SurveyedPlatform[];
}

function surveyEntries(
  { table }: Situation,
  platform: Platform,
  places: BinfmtPlaces,
): SurveyedEntry[] {
  const serving = findServingHandler(table, platform);
  return findHandlersFor(table, platform).map((handler: HostHandler) => ({
    name: handler.name,
    interpreter: handler.interpreter,
    flags: handler.flags,
    enabled: handler.enabled,
    serving: handler === serving,
    own: isOwnEntry(handler, places),
    claims: findHandlerClaims(handler),
    faults: findHandlerFaults(handler, {
      platform,
      host: hostPlatform(),
      table,
      interpreter: readInterpreterState(handler.interpreter),
    }).map(({ text }) => text),
  }));
}

async function isOutdated({ qemu }: InstalledHandler): Promise<boolean> {
  try {
    return statSync(qemu.path).isFile() && (await sha256File(qemu.path)) !== qemu.sha256;
  } catch {
    // It may well be gone: the handler runs a copy.
    return false;
  }
}

function findFate(
  { table, bootId }: Situation,
  installed: InstalledHandler,
  places: BinfmtPlaces,
): InstalledFate {
  if (table.state !== 'mounted') return 'unknown: binfmt_misc is not mounted';
  if (findOwnEntry(table, entryName(installed.platform), places) !== undefined) return 'registered';
  return installed.bootId === bootId ? 'gone: somebody else removed it' : 'gone after a reboot';
}

export interface SurveyOptions {
  readonly places: BinfmtPlaces;
  /** Where witnesses may be kept. */
  readonly cacheDir: string;
  readonly logger?: (command: string) => void;
}

/** Reads the table and runs a program of each platform; changes nothing. @throws ArchParityError */
export async function surveyHandlers({ places, ...options }: SurveyOptions): Promise<Survey> {
  const situation = readSituation(places);
  const { table } = situation;
  const { openHandlerTrials } = await administerHandlers();
  const trials = await openHandlerTrials(options);
  try {
    const surveyPlatform = async (platform: Platform): Promise<SurveyedPlatform> => {
      const trial = await trials.ask(platform);
      const installed = findInstalled(situation.state, platform);
      const { uname } = platformFacts(platform);
      const entries = surveyEntries(situation, platform, places);
      const common = {
        platform,
        entries,
        ...(installed === undefined
          ? {}
          : {
              installed: {
                ...installed,
                fate: findFate(situation, installed, places),
                outdated: await isOutdated(installed),
              },
            }),
      };
      if (trial.kind === 'refused') return { ...common, runs: 'no', reason: trial.reason };
      const { executedBy, cpuId, machine } = trial.answer;
      const cpu = cpuId === '-' ? {} : { cpu: nameCpu(cpuId) };
      return machine === uname
        ? { ...common, runs: trial.kind, executedBy, cpuId, ...cpu }
        : { ...common, runs: 'no', executedBy, reason: `it ran as ${machine}` };
    };
    return {
      host: hostPlatform(),
      table: table.state === 'mounted' && !table.enabled ? 'switched-off' : table.state,
      confined: trials.confined,
      emulators: table.handlers
        .filter(({ enabled }) => enabled)
        .map(({ name }) => name)
        .toSorted(),
      platforms: await Promise.all(PLATFORMS.map(({ platform }) => surveyPlatform(platform))),
    };
  } finally {
    await trials.close();
  }
}
