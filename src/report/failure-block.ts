import type { CaseResult, CheckFailure, Explanation } from '../core/index.ts';
import {
  formatDifference,
  formatHidden,
  formatSide,
  indent,
  joinLanes,
} from './difference-lines.ts';
import { escapeControl } from './escape-control.ts';
import { formatEndings, formatStderrTails, formatTimeoutTails } from './lane-evidence.ts';
import type { Palette } from './palette.ts';
import { quoteForShell, reproduceCommand } from './reproduce-command.ts';
import type { ReporterOptions } from './reporter.ts';
import type { RunContext } from './run-context.ts';
import { displayLimits, type Limits, type Shortened } from './shorten-text.ts';
import { describeVerdict, labelCase } from './verdict-words.ts';

/**
 * Everything that helps with one case that did not go well: verdict and cause, the evidence, the
 * command that runs it again. Text of the subject is escaped; long text is shortened and then the
 * block names where the whole stands.
 */
export function formatFailureBlock(
  result: CaseResult,
  context: RunContext,
  { palette, options }: { readonly palette: Palette; readonly options: ReporterOptions },
): string {
  const limits = displayLimits(options.verbose);
  const failures = formatChecks(result, limits);
  const differences = joinLanes(result.differences).map((item) =>
    formatDifference(item, palette, limits),
  );
  const stdout = formatTimeoutTails(result, limits);
  const stderr = formatStderrTails(result, limits);
  const shortened = [...failures, ...differences, stdout, stderr].some((part) => part.shortened);
  const program = options.program ?? 'archparity';
  const paragraphs: readonly (readonly string[])[] = [
    [describe(result), ...formatReasoning(result), ...formatExplanation(result.explanation)],
    formatCommands(result),
    formatEndings(result),
    ...failures.map(({ lines }) => lines),
    ...differences.map(({ lines }) => lines),
    stdout.lines,
    stderr.lines,
    formatHidden(result.hidden).map((line) => palette.dim(line)),
    [
      `again:  ${palette.bold(reproduceCommand(result.definition, context, program))}`,
      ...(shortened || isCut(result) ? [wholeLine(options, shortened)] : []),
    ],
  ];
  const body = paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => indent(lines).join('\n'))
    .join('\n\n');
  return `${formatTitle(result, palette, options.width)}\n${body}\n`;
}

function formatTitle(result: CaseResult, palette: Palette, width: number): string {
  const label = labelCase(result);
  const id = escapeControl(result.definition.id);
  const rule = '─'.repeat(Math.max(2, Math.min(width, 80) - label.length - id.length - 7));
  const title = `── ${palette.label(label)(label)}  ${palette.bold(id)} ${palette.dim(rule)}`;
  const { position } = result.definition;
  return position === undefined
    ? title
    : `${title}\n  ${palette.dim(`${escapeControl(position.file)}:${position.line}`)}`;
}

function describe(result: CaseResult): string {
  return escapeControl(describeVerdict(result));
}

function formatReasoning({ referee, reasoning }: CaseResult): readonly string[] {
  if (reasoning !== undefined) return [`because ${escapeControl(reasoning)}`];
  if (referee === undefined) return [];
  const cpu = referee.cpu === 'hardware' ? 'a real CPU' : "QEMU's CPU emulation";
  return [`said by ${escapeControl(referee.lane)}: a real kernel on ${cpu}`];
}

/** More system calls than these do not help to recognise one. */
const MOST_SYSCALLS = 6;

/** `QEMU: 7.2 and 10; system calls: vfork, clone`, as far as the entry says so. */
function formatScope({ qemu, syscalls = [] }: Explanation): readonly string[] {
  const shown = syscalls.slice(0, MOST_SYSCALLS).join(', ');
  const more = syscalls.length - MOST_SYSCALLS;
  const calls = `system call${syscalls.length === 1 ? '' : 's'}: ${shown}`;
  const parts = [
    ...(qemu === undefined ? [] : [`QEMU: ${qemu}`]),
    ...(shown === '' ? [] : [more > 0 ? `${calls} and ${more} more` : calls]),
  ];
  return parts.length === 0 ? [] : [`  ${escapeControl(parts.join('; '))}`];
}

function formatExplanation(explanation: Explanation | undefined): readonly string[] {
  if (explanation === undefined) return [];
  return [
    `perhaps: ${escapeControl(explanation.title)}`,
    ...formatScope(explanation),
    `  → ${escapeControl(explanation.advice)}`,
    `  source: ${escapeControl(explanation.source)} (${escapeControl(explanation.id)})`,
  ];
}

/** What was really started, where the words of a case stand for others. */
function formatCommands(result: CaseResult): readonly string[] {
  const lanes = new Map<string, string[]>();
  for (const [lane, { attempts }] of Object.entries(result.lanes)) {
    const argv = attempts.at(-1)?.observation?.argv;
    if (argv === undefined) continue;
    const command = argv.map(quoteForShell).join(' ');
    lanes.set(command, [...(lanes.get(command) ?? []), lane]);
  }
  return [...lanes].map(
    ([command, ids]) => `ran on ${ids.map(escapeControl).join(', ')}: ${escapeControl(command)}`,
  );
}

/** Failed checks; the same failure on several lanes is shown once. */
function formatChecks(result: CaseResult, limits: Limits): readonly Shortened[] {
  const groups = new Map<string, { readonly failure: CheckFailure; readonly lanes: string[] }>();
  for (const [lane, { failures }] of Object.entries(result.lanes)) {
    for (const failure of failures) {
      const key = JSON.stringify(failure);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { failure, lanes: [lane] });
      else group.lanes.push(lane);
    }
  }
  return Array.from(groups.values(), ({ failure, lanes }) => {
    const place = failure.at === undefined ? '' : ` (${escapeControl(failure.at)})`;
    const where = lanes.map(escapeControl).join(', ');
    const sides = [
      formatSide('expected', failure.expected, { limits }),
      formatSide('actual  ', failure.actual, { limits }),
    ];
    return {
      lines: [
        `check failed on ${where}: ${escapeControl(failure.check)}${place}`,
        ...indent(sides.flatMap((side) => side.lines)),
      ],
      shortened: sides.some((side) => side.shortened),
    };
  });
}

/** Whether output was already cut when it was captured: then not even the record has the whole. */
function isCut(result: CaseResult): boolean {
  return Object.values(result.lanes).some(({ attempts }) =>
    attempts.some(
      ({ observation }) =>
        observation?.stdout.truncated === true || observation?.stderr.truncated === true,
    ),
  );
}

function wholeLine({ recordPath }: ReporterOptions, shortened: boolean): string {
  if (!shortened) return 'cut:    the output went over limits.output; raise it to see the whole';
  return recordPath === undefined
    ? 'whole:  shortened here; --verbose shows more, --record FILE keeps the whole'
    : `whole:  ${escapeControl(recordPath)}`;
}
