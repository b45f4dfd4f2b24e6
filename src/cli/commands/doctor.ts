import { styleText } from 'node:util';
import {
  examineMachine,
  type Check,
  type CheckState,
  type DoctorReport,
  type Mode,
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
import { cancelOnSignals } from '../cancel-on-signals.ts';
import type { Command } from '../command.ts';
import { commandLogger, wantsColor, type CommonOptions } from '../common-options.ts';

interface DoctorArguments extends CommonOptions {
  readonly platform?: string;
  readonly json: boolean;
  readonly _?: readonly string[];
}

const MARKS: Readonly<Record<CheckState, readonly [mark: string, ascii: string]>> = {
  ok: ['✓', '+'],
  warning: ['!', '!'],
  failed: ['✗', 'x'],
};
const COLORS = { ok: 'green', warning: 'yellow', failed: 'red' } as const;
const TITLE_WIDTH = 20;

/** How text is shown on this terminal. */
export interface Style {
  readonly color: boolean;
  /** Only ASCII: the locale has no UTF-8. */
  readonly ascii: boolean;
}

/** Whether the locale writes UTF-8 (locale(7): LC_ALL, LC_CTYPE, LANG, the first that is set). */
export function localeIsUtf8(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(
    (value) => (value ?? '') !== '',
  );
  return /utf-?8/i.test(locale ?? '');
}

/** One line that cannot drive the terminal: what programs and errors said is part of it. */
function plain(text: string, { ascii }: Style): string {
  const line = text.replace(/\p{Cc}+/gu, ' ').replace(/[\p{Cf}\p{Zl}\p{Zp}]/gu, '');
  if (!ascii) return line;
  return line
    .replaceAll('’', "'")
    .replaceAll('…', '...')
    .replace(/[^\x20-\x7e]/gu, '?');
}

/** A check as one line. */
export function formatCheck(check: Check, style: Style): string {
  const [mark, ascii] = MARKS[check.state];
  const painted = style.color
    ? styleText(COLORS[check.state], style.ascii ? ascii : mark, { validateStream: false })
    : style.ascii
      ? ascii
      : mark;
  return `${painted} ${check.title.padEnd(TITLE_WIDTH)} ${plain(check.found, style)}\n`;
}

function formatMode(name: string, { possible, how }: Mode, style: Style): string {
  const word = possible ? 'yes' : 'no';
  const painted = style.color
    ? styleText(possible ? 'green' : 'red', word, { validateStream: false })
    : word;
  return `${`${name}:`.padEnd(10)} ${painted} (${plain(how, style)})`;
}

/** What is possible, then how to mend what is not. */
export function formatSummary({ modes, checks }: DoctorReport, style: Style): string {
  const lines = [
    '',
    formatMode('native', modes.native, style),
    formatMode('binaries', modes.binaries, style),
    formatMode('images', modes.images, style),
  ];
  // A check that was not tried has no fix of its own: another one has it.
  const wrong = checks.filter(
    ({ state, found }) => state !== 'ok' && !found.startsWith('not tried'),
  );
  if (wrong.length > 0) lines.push('', 'To mend:');
  for (const { title, effect, fix } of wrong) {
    lines.push(`  ${title}: ${plain(effect, style)}.`);
    if (fix !== undefined)
      lines.push(
        `    ${plain(fix.text, style)}`,
        ...(fix.command === undefined ? [] : [`      ${plain(fix.command, style)}`]),
      );
  }
  return `${lines.join('\n')}\n`;
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

export const doctorCommand: Command = {
  usage: 'doctor',
  describe: 'Check what this machine can do by doing it, and say how to mend what does not work.',
  examples: [
    ['archparity doctor', 'is this machine ready?'],
    ['archparity doctor --json', 'for a program'],
    ['archparity doctor --platform linux/riscv64', 'for another foreign platform'],
  ],
  options: {
    platform: {
      type: 'string',
      describe: 'The foreign platform (default: linux/arm64, on arm64 linux/amd64)',
    },
    json: { type: 'boolean', default: false, describe: 'Print the checks as JSON' },
  },
  run: async (argv) => {
    const options = argv as unknown as DoctorArguments;
    if ((options._ ?? []).length > 0)
      throw usageError('USAGE', 'doctor takes no arguments.', 'See archparity doctor --help.');
    const style = { color: wantsColor(options, process.stdout), ascii: !localeIsUtf8(process.env) };
    const shows = (check: Check): boolean =>
      !options.json && (!options.quiet || check.state !== 'ok');
    const platform = choosePlatform(options.platform);
    return cancelOnSignals(async (cancelSignal) => {
      try {
        const report = await examineMachine({
          platform,
          cancelSignal,
          ...commandLogger(options),
          onCheck: (check) => {
            if (shows(check)) process.stdout.write(formatCheck(check, style));
          },
        });
        process.stdout.write(
          options.json ? `${JSON.stringify(report, null, 2)}\n` : formatSummary(report, style),
        );
        return report.ready ? ExitCode.ok : ExitCode.environment;
      } catch (error) {
        if (cancelSignal.aborted) return ExitCode.interrupted;
        throw error;
      }
    });
  },
};
