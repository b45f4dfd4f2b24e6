import { hostPlatform, type Platform } from '../../core/index.ts';
import {
  BINFMT_DIRECTORY,
  findHandlerClaims,
  findHandlerFaults,
  findHandlersFor,
  findServingHandler,
  readHandlerTable,
  readInterpreterState,
  type HandlerClaim,
  type HandlerFault,
  type HandlerTable,
  type HostHandler,
} from '../../lanes/index.ts';
import { notTried, passed, reasonOf, warned, type Check } from './check.ts';
import { defaultCpuCost } from './check-emulator.ts';
import { effectOfFault, findWorst, mendFix } from './handler-remedies.ts';
import {
  askHostWitness,
  readEmulatorVersion,
  type HostAnswer,
  type HostWitnessOptions,
} from './host-witness.ts';
import { findQemuFaults } from './known-qemus.ts';
import { checkOtherHandlers } from './check-other-handlers.ts';
import { registerFix } from './register-handler.ts';
import { switchOnFix } from './switch-handler.ts';

const TABLE = { id: 'host-binfmt', title: 'Host binfmt_misc' };
const HANDLER = { id: 'host-handler', title: 'Handler of the host' };

const NOT_THE_LANES =
  'docker, podman and programs outside of lanes run nothing foreign; lanes mount their own';

/** The table itself. `works` = a foreign program ran, so that there is one somewhere. */
function checkTable({ state, enabled, handlers }: HandlerTable, works: boolean): Check {
  if (state === 'mounted') {
    if (enabled) return passed(TABLE, `mounted and switched on, entries: ${handlers.length}`);
    return warned(TABLE, {
      found: 'switched off as a whole',
      effect: NOT_THE_LANES,
      fix: switchOnFix('status'),
    });
  }
  if (works) return passed(TABLE, 'not mounted here, though the kernel uses one');
  const mount = ['mount', '-t', 'binfmt_misc', 'binfmt_misc', BINFMT_DIRECTORY];
  if (state === 'not-mounted')
    return warned(TABLE, {
      found: `not mounted on ${BINFMT_DIRECTORY}`,
      effect: NOT_THE_LANES,
      fix: { text: 'Mount it.', command: `sudo ${mount.join(' ')}`, safe: mount },
    });
  return warned(TABLE, {
    found: `the kernel has none: there is no ${BINFMT_DIRECTORY}`,
    effect: NOT_THE_LANES,
    fix: {
      text: 'Load the module.',
      command: 'sudo modprobe binfmt_misc',
      safe: ['modprobe', 'binfmt_misc'],
    },
  });
}

const MANAGERS: Readonly<Record<HandlerClaim['manager'], string>> = {
  archparity: 'of archparity',
  'systemd-binfmt': 'of systemd-binfmt',
  'binfmt-support': 'of binfmt-support',
  container: 'of a container (docker’s binfmt image, setup-qemu-action)',
  unknown: 'registered by hand',
};

/** Whose an entry is, for people. */
export function describeOwner(claims: readonly HandlerClaim[]): string {
  return claims
    .map(({ manager, file }) => `${MANAGERS[manager]}${file === undefined ? '' : `: ${file}`}`)
    .join(' and ');
}

function describe({ name, interpreter, flags }: HostHandler): string {
  return `${name} (${interpreter}, flags ${flags === '' ? 'none' : flags})`;
}

/** What an emulator that answered is, and what its CPU costs. */
function describeAnswer({ version, cpu }: HostAnswer): string {
  const number = version === '' ? 'a QEMU that names no version' : `QEMU ${version}`;
  if (cpu === '') return number;
  if (cpu !== 'QEMU max') return `${number}, CPU ${cpu}`;
  return `${number}, CPU ${cpu}: ${defaultCpuCost(version)} slower than in a lane for programs with pointer authentication`;
}

/** A handler that works or should, with all that is known of it. */
interface Candidate {
  readonly platform: Platform;
  readonly table: HandlerTable;
  readonly handler: HostHandler;
  readonly claims: readonly HandlerClaim[];
  readonly faults: readonly HandlerFault[];
  readonly answer: HostAnswer | undefined;
}

async function judge(candidate: Candidate, effect: string): Promise<Check> {
  const { platform, table, handler, claims, faults, answer } = candidate;
  const named = `${describe(handler)}, ${describeOwner(claims)}`;
  // Where nothing ran, what lies at the path is asked.
  const version = answer?.version ?? (await readEmulatorVersion(handler.interpreter));
  const known = version === '' ? [] : findQemuFaults({ version, isFixed: false });
  const problems = [
    ...faults.map(({ text }) => text),
    ...known.map(({ text, source }) => `QEMU ${version}: ${text} (${source})`),
  ];
  const worst = findWorst(faults.map(({ kind }) => kind));
  if (worst !== undefined)
    return warned(HANDLER, {
      found: `${named}: ${problems.join('; ')}`,
      effect: `${effectOfFault(worst)}${effect}`,
      fix: await mendFix(worst, handler, { claims, platform, host: hostPlatform() }),
    });
  if (known.length > 0)
    return warned(HANDLER, {
      found: `${named}: ${problems.join('; ')}`,
      effect: `foreign programs may crash${effect}`,
      fix: await registerFix(platform, table),
    });
  if (answer === undefined)
    return warned(HANDLER, {
      found: `${named} does not run a program`,
      effect: `foreign programs do not run${effect}`,
      fix: await registerFix(platform, table),
    });
  return passed(HANDLER, `${named}, works: ${describeAnswer(answer)}`);
}

/** The entry that runs a platform's programs, or would if it could. */
function findAnswerable(table: HandlerTable, platform: Platform): HostHandler | undefined {
  return findServingHandler(table, platform) ?? findHandlersFor(table, platform)[0];
}

async function checkHandler(
  table: HandlerTable,
  { platform, laneNeedsIt, answer }: HandlerQuestion,
): Promise<Check> {
  const handler = findAnswerable(table, platform);
  if (handler !== undefined) {
    const faults = findHandlerFaults(handler, {
      platform,
      host: hostPlatform(),
      table,
      interpreter: readInterpreterState(handler.interpreter),
    });
    const candidate = {
      platform,
      table,
      handler,
      claims: findHandlerClaims(handler),
      faults,
      answer,
    };
    const effect = laneNeedsIt
      ? '; the lane would use this handler'
      : '; lanes register their own and do not mind';
    return judge(candidate, effect);
  }
  if (answer !== undefined)
    return passed(
      HANDLER,
      `works, though its table is not mounted here: ${describeAnswer(answer)}`,
    );
  const found = `none for ${platform}`;
  if (!laneNeedsIt) return passed(HANDLER, `${found}; the lanes register their own`);
  return warned(HANDLER, {
    found,
    effect: 'the lane has neither a handler of its own nor one of the host',
    fix: await registerFix(platform, table),
  });
}

interface HandlerQuestion {
  readonly platform: Platform;
  readonly laneNeedsIt: boolean;
  readonly answer: HostAnswer | undefined;
}

export interface HostHandlerOptions extends HostWitnessOptions {
  readonly platform: Platform;
  /** Whether the emulated lane has no handler of its own. */
  readonly laneNeedsIt: boolean;
}

/**
 * Reads the host's handlers and runs a program by that of a platform. Lanes need none, so that what is
 * wrong with them is a warning at most.
 */
export async function checkHostHandlers({
  platform,
  laneNeedsIt,
  ...options
}: HostHandlerOptions): Promise<Check[]> {
  const table = readHandlerTable();
  const others = await checkOtherHandlers(table, {
    platform,
    checked: findAnswerable(table, platform),
  });
  let answer: HostAnswer | undefined;
  try {
    answer = await askHostWitness(platform, options);
  } catch (error) {
    // The program could not be placed in the cache, whose check says why.
    const handler = notTried(HANDLER, reasonOf(error), 'nothing is known of docker and podman');
    return [checkTable(table, false), { ...handler, state: 'warning' }, others];
  }
  return [
    checkTable(table, answer !== undefined),
    await checkHandler(table, { platform, laneNeedsIt, answer }),
    others,
  ];
}
