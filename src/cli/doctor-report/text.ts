import { styleText } from 'node:util';
import {
  isUntried,
  type AppliedFix,
  type Check,
  type CheckState,
  type DoctorReport,
  type Fix,
  type Mode,
  type SafeFix,
} from '../../app/doctor.ts';

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
  return `${painted} ${plain(check.title, style).padEnd(TITLE_WIDTH)} ${plain(check.found, style)}\n`;
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
  const tried = checks.filter((check) => !isUntried(check));
  // What does not work before what works with something lost.
  const wrong = (['failed', 'warning'] as const).flatMap((wanted) =>
    tried.filter(({ state }) => state === wanted),
  );
  if (wrong.length > 0) lines.push('', 'To mend:');
  for (const { title, effect, fix } of wrong) {
    lines.push(`  ${plain(title, style)}: ${plain(effect, style)}.`);
    if (fix !== undefined) lines.push(...formatFix(fix, style));
  }
  return `${lines.join('\n')}\n`;
}

function formatFix({ text, command, otherwise, safe }: Fix, style: Style): string[] {
  const step = (words: string, code: string | undefined): string[] => [
    `    ${plain(words, style)}`,
    ...(code === undefined ? [] : [`      ${plain(code, style)}`]),
  ];
  return [
    ...step(`${text}${safe === undefined ? '' : ' archparity doctor --fix does it:'}`, command),
    ...(otherwise === undefined ? [] : step(otherwise.text, otherwise.command)),
  ];
}

const OUTCOMES: Readonly<Record<AppliedFix['outcome'], string>> = {
  applied: 'done',
  failed: 'failed',
  declined: 'not done',
};

/** What is going to be done, before it is. */
export function formatSafeFix({ title, found, command }: SafeFix, style: Style): string {
  return `\n${plain(title, style)}: ${plain(found, style)}\n  ${plain(command, style)}\n`;
}

/** What became of it. */
export function formatOutcome({ outcome, said }: AppliedFix, style: Style): string {
  const why = said === undefined ? '' : `: ${plain(said, style)}`;
  return `  ${OUTCOMES[outcome]}${why}\n`;
}
