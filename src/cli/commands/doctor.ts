import {
  applyFix,
  examineMachine,
  listSafeFixes,
  type AppliedFix,
  type Check,
  type DoctorReport,
  type FixRights,
  type SafeFix,
} from '../../app/doctor.ts';
import {
  ExitCode,
  foreignPlatform,
  hostPlatform,
  parsePlatform,
  runsNatively,
  usageError,
  type Platform,
} from '../../core/index.ts';
import { askYes } from '../ask-yes.ts';
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { commandLogger, wantsColor, type CommonOptions } from '../common-options.ts';
import {
  formatCheck,
  formatOutcome,
  formatSafeFix,
  formatSummary,
  localeIsUtf8,
  type Style,
} from '../doctor-report/text.ts';
import { isTerminal } from '../terminal-size.ts';

interface DoctorArguments extends CommonOptions {
  readonly platform?: string;
  readonly json: boolean;
  readonly fix: boolean;
  readonly yes: boolean;
  readonly _?: readonly string[];
}

/** @throws ArchParityError `PLATFORM_UNKNOWN`, `PLATFORM_NOT_FOREIGN` (exit 2) */
function choosePlatform(text: string | undefined): Platform {
  const host = hostPlatform();
  if (text === undefined) return foreignPlatform(host);
  const platform = parsePlatform(text);
  if (!runsNatively(host, platform)) return platform;
  throw usageError(
    'PLATFORM_NOT_FOREIGN',
    `This machine runs ${platform} programs itself.`,
    `Name a foreign one: --platform ${foreignPlatform(host)}`,
  );
}

/** @throws ArchParityError `USAGE`, `FIX_NEEDS_YES` (exit 2) */
function requireSense({ fix, yes, _: words = [] }: DoctorArguments): void {
  if (words.length > 0)
    throw usageError('USAGE', 'doctor takes no arguments.', 'See archparity doctor --help.');
  if (yes && !fix)
    throw usageError('USAGE', '--yes says yes to what --fix asks.', 'Add --fix, or leave it out.');
  if (fix && !yes && !isTerminal(process.stdin))
    throw usageError(
      'FIX_NEEDS_YES',
      '--fix asks before it changes anything, and there is no terminal to ask on.',
      'Add --yes to have all that is safe done, or leave --fix out to see what it would be.',
    );
}

/** What is said while the machine is examined and mended. */
interface Talk {
  readonly style: Style;
  /** Nothing is said when a program reads the answer. */
  readonly write: (text: string) => void;
}

/** Shows each safe fix, asks, applies it, and says what became of it. */
async function applyFixes(
  fixes: readonly SafeFix[],
  rights: FixRights & { readonly cancelSignal: AbortSignal },
  { style, write }: Talk,
): Promise<readonly AppliedFix[]> {
  const applied: AppliedFix[] = [];
  for (const fix of fixes) {
    rights.cancelSignal.throwIfAborted();
    const shown = formatSafeFix(fix, style);
    const { id, command } = fix;
    write(rights.mayAsk ? '' : shown);
    const agreed = !rights.mayAsk || (await askYes(`${shown}  Do it?`, rights.cancelSignal));
    const result: AppliedFix = agreed
      ? await applyFix(fix, rights)
      : { id, command, outcome: 'declined' };
    applied.push(result);
    write(formatOutcome(result, style));
  }
  return applied;
}

export const doctorCommand: Command = {
  usage: 'doctor',
  describe: 'Check what this machine can do by doing it, and say how to mend what does not work.',
  examples: [
    ['archparity doctor', 'is this machine ready?'],
    ['archparity doctor --fix', 'do what is safe, asking before each step, and check again'],
    ['archparity doctor --json', 'for a program'],
    ['archparity doctor --platform linux/riscv64', 'for another foreign platform'],
  ],
  options: {
    platform: {
      type: 'string',
      describe: 'The foreign platform (default: linux/arm64, on arm64 linux/amd64)',
    },
    fix: {
      type: 'boolean',
      default: false,
      describe: 'Apply the safe remedies, as root or with sudo, after showing each',
    },
    yes: { type: 'boolean', default: false, describe: 'With --fix: do not ask' },
    json: { type: 'boolean', default: false, describe: 'Print the checks as JSON' },
  },
  run: async (argv) => {
    const options = argv as unknown as DoctorArguments;
    requireSense(options);
    const style = { color: wantsColor(options, process.stdout), ascii: !localeIsUtf8(process.env) };
    const write = (text: string): void => {
      if (!options.json) process.stdout.write(text);
    };
    const shows = (check: Check): boolean => !options.quiet || check.state !== 'ok';
    const platform = choosePlatform(options.platform);
    return cancelOnSignals(async (cancelSignal) => {
      const examine = async (): Promise<DoctorReport> => {
        const report = await examineMachine({
          platform,
          cancelSignal,
          ...commandLogger(options),
          onCheck: (check) => {
            if (shows(check)) write(formatCheck(check, style));
          },
        });
        write(formatSummary(report, style));
        return report;
      };
      try {
        let report = await examine();
        let fixes: readonly AppliedFix[] = [];
        if (options.fix) {
          const rights = { isRoot: process.geteuid?.() === 0, mayAsk: !options.yes };
          const safe = listSafeFixes(report.checks, rights);
          if (safe.length === 0) write('\nThere is nothing that is safe to do unasked.\n');
          fixes = await applyFixes(safe, { ...rights, cancelSignal }, { style, write });
          if (fixes.some(({ outcome }) => outcome === 'applied')) {
            write('\nChecked again:\n');
            report = await examine();
          }
        }
        if (options.json) {
          const answer = options.fix ? { ...report, fixes } : report;
          process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
        }
        return report.ready ? ExitCode.ok : ExitCode.environment;
      } catch (error) {
        if (cancelSignal.aborted) return ExitCode.interrupted;
        throw error;
      }
    });
  },
};
