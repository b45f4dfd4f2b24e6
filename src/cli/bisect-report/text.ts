import {
  shortVersion,
  type BisectAxis,
  type BisectReport,
  type FoundChange,
  type TriedCandidate,
} from '../../app/bisect.ts';
import {
  createPalette,
  escapeControl,
  formatDifferences,
  plural,
  type Palette,
} from '../../report/index.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Only where it changes. */
  readonly quiet: boolean;
  readonly verbose: boolean;
}

/** What there are several of, in words. */
const AXIS_NOUNS: Readonly<Record<BisectAxis, string>> = {
  qemu: 'version',
  cpu: 'CPU model',
  feature: 'step',
};

/** The report for people: what was tried, where it changes, and what changed there. */
export function formatBisectText(report: BisectReport, options: TextOptions): string {
  const palette = createPalette(options.color);
  if (options.quiet)
    return report.changes.map(({ bracket }) => `${escapeControl(bracket)}\n`).join('');
  const lines = [
    formatHead(report, palette),
    ...formatCandidates(report, palette),
    ...report.notes.map((note) => palette.dim(`note: ${escapeControl(note)}`)),
    '',
    ...formatConclusion(report, palette),
    ...report.changes.flatMap((change) => formatChange(change, report, { palette, options })),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function formatHead({ archparity, by, candidates, ...report }: BisectReport, palette: Palette) {
  const [first] = candidates;
  const cpu = by === 'qemu' && first?.cpu !== undefined ? ` · cpu ${first.cpu}` : '';
  const qemu =
    by !== 'qemu' && first !== undefined ? ` · qemu ${shortVersion(first.qemu.version)}` : '';
  return `archparity ${archparity} · ${palette.bold(escapeControl(report.case))} · ${report.platform}${qemu}${escapeControl(cpu)}`;
}

/** Steps of features say the same as the next one but for a word: only those that were tried are shown. */
function formatCandidates({ by, candidates }: BisectReport, palette: Palette): readonly string[] {
  const shown =
    by === 'feature' ? candidates.filter(({ state }) => state !== 'untried') : candidates;
  const width = Math.max(...shown.map(({ label }) => label.length));
  const states = Math.max(
    ...shown.map((each) => (each.state === 'unusable' ? 0 : describeState(each).length)),
  );
  return shown.map((candidate) => {
    const label = escapeControl(candidate.label).padEnd(width);
    const { origin } = candidate.qemu;
    const isSaid = by !== 'qemu' || candidate.label.includes(origin);
    const state = describeState(candidate);
    const line = `  ${label}  ${isSaid ? state : `${state.padEnd(states)}  ${escapeControl(origin)}`}`;
    return candidate.state === 'tried' ? line : palette.dim(line);
  });
}

function describeState(candidate: TriedCandidate): string {
  switch (candidate.state) {
    case 'untried':
      return '-  not tried';
    case 'unusable':
      return `!  cannot be used: ${escapeControl(candidate.reason)}`;
    case 'tried': {
      const { group, likeNative, behaviour } = candidate;
      const native =
        likeNative === undefined ? '' : likeNative ? '  as on native' : '  unlike native';
      const varies = behaviour.otherwise === undefined ? '' : '  varies from run to run';
      return `${group}${native}${varies}`.trimEnd();
    }
  }
}

function formatConclusion(report: BisectReport, palette: Palette): readonly string[] {
  const { by, changes, candidates, feature, isWhole } = report;
  const noun = AXIS_NOUNS[by];
  if (changes.length === 0) return formatNoChange(report);
  if (feature !== undefined) {
    const alone = feature.alone
      ? 'alone turns it'
      : 'turns it together with those before it, not alone';
    return [palette.bold(`${escapeControl(feature.setting)} ${alone}.`)];
  }
  if (by === 'cpu') {
    const tried = candidates.filter(({ state }) => state === 'tried').length;
    return [
      palette.bold(`It does ${plural(changes.length + 1, 'thing')} on ${plural(tried, noun)}.`),
    ];
  }
  const brackets = changes.map(({ bracket }) => escapeControl(bracket)).join(', ');
  if (changes.length > 1)
    return [
      palette.bold(`It changes ${String(changes.length)} times: in ${brackets}.`),
      'A search by halves would not see that, so every version was tried.',
    ];
  const untried = isWhole ? [] : ['That it changes once is assumed: --all tries every version.'];
  return [palette.bold(`It changes in ${brackets}.`), ...untried];
}

function formatNoChange({ by, candidates, isWhole }: BisectReport): readonly string[] {
  const tried = candidates.filter(({ state }) => state === 'tried');
  if (tried.length < 2) return ['Fewer than two could be tried, so there is nothing to compare.'];
  const varying = tried.filter(
    (one) => one.state === 'tried' && one.behaviour.otherwise !== undefined,
  );
  if (varying.length === tried.length)
    return [
      'It varies from run to run on all of them, so nothing can be said.',
      'Say in the case what does not matter (normalize) or what does (compare).',
    ];
  const all = `the same on ${plural(tried.length, AXIS_NOUNS[by])}`;
  return [isWhole ? `It does ${all}.` : `It does the same with all of these features and without.`];
}

function formatChange(
  change: FoundChange,
  { by, candidates, changes }: BisectReport,
  { palette, options }: { readonly palette: Palette; readonly options: TextOptions },
): readonly string[] {
  const varying = candidates.filter(
    (one) =>
      [change.after, change.at].includes(one.label) &&
      one.state === 'tried' &&
      one.behaviour.otherwise !== undefined,
  );
  const varies = varying.map(
    ({ label }) => `On ${escapeControl(label)} it varies from run to run.`,
  );
  const diff = formatDifferences(change.differences, options);
  // Of one change the conclusion has said where it is.
  const title =
    changes.length === 1 && by !== 'cpu' ? [] : [palette.bold(escapeControl(change.bracket))];
  return ['', ...title, ...varies, ...(diff === '' ? [] : [diff])];
}
