import type {
  Outcome,
  Survey,
  SurveyedEntry,
  SurveyedInstallation,
  SurveyedPlatform,
  Verdict,
} from '../../app/binfmt.ts';
import { createPalette, escapeControl } from '../../report/index.ts';

const WORD_WIDTH = 9;
const PLATFORM_WIDTH = 14;
const INDENT = ' '.repeat(WORD_WIDTH + PLATFORM_WIDTH + 2);

type Paint = (text: string) => string;

function paints(color: boolean): Readonly<Record<'good' | 'bad' | 'bold' | 'dim', Paint>> {
  const { label, bold, dim } = createPalette(color);
  return { good: label('ok'), bad: label('mismatch'), bold, dim };
}

type Paints = ReturnType<typeof paints>;

function row(word: string, paint: Paint, platform: string, text: string): string {
  return `${paint(word.padEnd(WORD_WIDTH))} ${platform.padEnd(PLATFORM_WIDTH)} ${escapeControl(text)}`;
}

function indented(text: string): string {
  return `${INDENT}${escapeControl(text)}`;
}

function join(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function describeCpu(cpu: string | undefined): string {
  return cpu === undefined ? "QEMU's own cpu" : `cpu ${cpu}`;
}

function describeLife(persistent: boolean): string {
  return persistent ? 'registered at boot, too' : 'gone after a reboot';
}

function flagsOf({ flags }: { readonly flags: string }): string {
  return `flags ${flags === '' ? 'none' : flags}`;
}

function ownerOf({ own, claims }: SurveyedEntry): string {
  if (own) return "archparity's";
  const names = claims.map(({ manager, file }) =>
    file === undefined ? manager : `${manager} (${file})`,
  );
  return names.length === 1 && names[0] === 'unknown'
    ? 'of nobody known'
    : `of ${names.join(' and ')}`;
}

function describeInstalled(installed: SurveyedInstallation): string[] {
  const { qemu, cpu, persistent, fate, outdated, replaced } = installed;
  return [
    `QEMU ${qemu.version}, ${describeCpu(cpu)}; ${describeLife(persistent)}`,
    ...(fate === 'registered' ? [] : [`${fate}: install it again, or remove it`]),
    ...(outdated ? [`${qemu.path} has changed since: install it again to use it`] : []),
    ...(replaced.length === 0
      ? []
      : [`in the place of ${replaced.map(({ name }) => name).join(', ')}`]),
  ];
}

/** What is wrong matters of the entry that is asked, and of all when nothing runs. */
function describeEntry(entry: SurveyedEntry, runs: SurveyedPlatform['runs']): string[] {
  const state = entry.serving ? '' : entry.enabled ? ', not asked' : ', switched off';
  return [
    `${entry.name}, ${ownerOf(entry)}: ${entry.interpreter}, ${flagsOf(entry)}${state}`,
    ...(entry.serving || runs === 'no' ? entry.faults.map((fault) => `  ${fault}`) : []),
  ];
}

function describePlatform(surveyed: SurveyedPlatform, { good, bad }: Paints): string[] {
  const { platform, runs, entries, installed, executedBy, cpu, reason } = surveyed;
  const word = runs === 'no' ? row('FAILS', bad, platform, reason ?? '') : undefined;
  const seen = cpu === undefined ? '' : `, cpu ${cpu}`;
  const first = word ?? row('runs', good, platform, `by ${executedBy ?? '?'}${seen}`);
  return [
    first,
    ...(installed === undefined ? [] : describeInstalled(installed).map(indented)),
    ...entries.flatMap((entry) => describeEntry(entry, runs)).map(indented),
  ];
}

const TABLES: Readonly<Record<Survey['table'], string | undefined>> = {
  mounted: undefined,
  'not-mounted': 'binfmt_misc is not mounted here, so the handlers cannot be listed.',
  absent: 'This kernel has no binfmt_misc, or has not loaded it.',
  'switched-off': 'binfmt_misc is switched off as a whole.',
};

/** What there is: platforms that have a handler, or were asked for, in full, the others in a line. */
export function formatStatus(
  survey: Survey,
  named: readonly string[] | undefined,
  color: boolean,
): string {
  const palette = paints(color);
  const chosen = survey.platforms.filter(({ platform }) => named?.includes(platform) ?? true);
  const native = chosen.filter(({ runs }) => runs === 'native');
  const others = chosen.filter(({ runs }) => runs !== 'native');
  const told = others.filter(
    ({ entries, installed, runs }) =>
      runs === 'emulated' || entries.length > 0 || installed !== undefined,
  );
  const untold = others.filter((surveyed) => !told.includes(surveyed));
  const table = TABLES[survey.table];
  const list = (platforms: readonly SurveyedPlatform[]): string =>
    platforms.map(({ platform }) => platform).join(', ');
  return join([
    ...(table === undefined ? [] : [palette.bad(table)]),
    ...(native.length === 0 ? [] : [`This machine runs ${list(native)} itself.`]),
    ...told.flatMap((surveyed) => describePlatform(surveyed, palette)),
    ...(untold.length === 0 ? [] : [`No handler: ${list(untold)}.`]),
  ]);
}

/** What the proofs said. */
export function formatVerdicts(
  { platforms, confined }: Survey,
  verdicts: readonly Verdict[],
  { color, quiet }: { readonly color: boolean; readonly quiet: boolean },
): string {
  const { good, bad } = paints(color);
  const lines = verdicts.flatMap(({ platform, works, problems }) => {
    if (!works) {
      const [first = '', ...more] = problems;
      return [row('FAILS', bad, platform, first), ...more.map(indented)];
    }
    if (quiet) return [];
    const surveyed = platforms.find((one) => one.platform === platform);
    const { executedBy = '', cpu, runs } = surveyed ?? {};
    const seen = cpu === undefined ? '' : `, cpu ${cpu}`;
    const text = runs === 'native' ? 'by this machine itself' : `by ${executedBy}${seen}`;
    return [row('works', good, platform, text)];
  });
  return join([
    ...lines,
    ...(confined === true || quiet
      ? []
      : [
          `Not tried in a chroot, which takes root or a user namespace: ${escapeControl(confined)}.`,
        ]),
  ]);
}

function describeOutcome(outcome: Outcome, palette: Paints): string[] {
  const { platform } = outcome;
  switch (outcome.outcome) {
    case 'installed':
    case 'changed':
    case 'unchanged': {
      const { interpreter, flags, qemu, cpu, persistent, replaced } = outcome.handler;
      return [
        row(outcome.outcome, palette.good, platform, `by ${interpreter}, flags ${flags}`),
        indented(`QEMU ${qemu.version}, ${describeCpu(cpu)}; ${describeLife(persistent)}`),
        ...(replaced.length === 0
          ? []
          : [
              indented(
                `in the place of ${replaced.map(({ name }) => name).join(', ')}, until it is removed`,
              ),
            ]),
      ];
    }
    case 'removed':
      return [row('removed', palette.good, platform, '')];
    case 'absent':
      return [row('absent', palette.dim, platform, 'nothing of archparity was there')];
    case 'planned':
      return [
        row('would', palette.bold, platform, outcome.steps[0] ?? 'do nothing'),
        ...outcome.steps.slice(1).map(indented),
      ];
    case 'left out':
      return [row('left out', palette.dim, platform, outcome.reason)];
    case 'failed':
      return [
        row('FAILED', palette.bad, platform, outcome.message),
        ...(outcome.advice === undefined ? [] : [indented(outcome.advice)]),
      ];
  }
}

/** What was done, a platform after the other; with `quiet` what failed. */
export function formatOutcomes(
  outcomes: readonly Outcome[],
  { color, quiet }: { readonly color: boolean; readonly quiet: boolean },
): string {
  const palette = paints(color);
  const shown = outcomes.filter(({ outcome }) => !quiet || outcome === 'failed');
  return join(
    shown.flatMap((outcome) => describeOutcome(outcome, palette)).map((line) => line.trimEnd()),
  );
}
