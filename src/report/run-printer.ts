import {
  capturedText,
  type CaseResult,
  type LaneInfo,
  type OpenedImage,
  type RunEvent,
} from '../core/index.ts';
import { formatBenchResult, formatMeans } from './bench/bench-lines.ts';
import { listRemarks, RepeatedRemarks } from './case-remarks.ts';
import { describeLane } from './describe-lane.ts';
import { escapeControl } from './escape-control.ts';
import { formatFailureBlock } from './failure-block.ts';
import { formatLaneTime } from './lane-time.ts';
import { OrderedBlocks } from './ordered-blocks.ts';
import { createPalette, type Palette } from './palette.ts';
import type { ReporterOptions } from './reporter.ts';
import { RunContext, type RunStarted } from './run-context.ts';
import { plural } from './shorten-text.ts';
import { formatSummary } from './summary-line.ts';
import { Tally } from './tally.ts';
import { type CaseLabel, describeVerdict, labelCase, lastObserved } from './verdict-words.ts';

/** Failures beyond this many are not repeated: their lines and the record have them. */
const MAX_REPEATED = 500;
/** Cases whose line says enough. */
const NOT_REPEATED: readonly CaseLabel[] = ['ok', 'known', 'quarantined', 'skipped', 'unsupported'];
/** The longest label, so that all case ids stand below each other. */
const LABEL_WIDTH = 'known-unmet'.length;

/** One piece of output for people. */
export interface PrintedEvent {
  readonly text: string;
  /** Whether a progress display may leave it out: nothing went wrong. */
  readonly routine: boolean;
}

/**
 * The lines that `live` and `text` have in common: what to print for an event, and at the end the
 * failures in full and the summary. Keeps printed failures, never outputs of cases that went well.
 */
export class RunPrinter {
  readonly tally = new Tally();
  readonly context = new RunContext();
  readonly palette: Palette;
  readonly #options: ReporterOptions;
  readonly #blocks = new OrderedBlocks(MAX_REPEATED);
  readonly #remarks = new RepeatedRemarks();
  readonly #images = new Set<string>();
  #sawEmulated = false;
  #owesTimeNotice = false;
  #linesStarted = false;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.palette = createPalette(options.color);
  }

  print(event: RunEvent): PrintedEvent | undefined {
    this.context.observe(event);
    switch (event.type) {
      case 'run-started':
        return { text: this.#formatStart(event), routine: false };
      case 'lane-opened':
        return { text: this.#formatLane(event.lane), routine: false };
      case 'lane-failed': {
        const { message, code, advice } = event.failure;
        const what = `the lane ${event.laneId} could not be opened: ${message} (${code})`;
        return { text: this.#formatWarning('error', what, advice), routine: false };
      }
      case 'warning':
        return {
          text: this.#formatWarning('warning', event.message, event.advice),
          routine: false,
        };
      case 'case-finished':
        return this.#printCase(event.result);
      case 'bench-finished': {
        const { lanes } = this.context;
        const how = { palette: this.palette, lanes, verbose: this.#options.verbose };
        return { text: formatBenchResult(event.result, how), routine: false };
      }
      case 'image-opened':
        return this.#formatImage(event.image);
      case 'case-started':
        this.#blocks.start(event.definition.id, event.place);
        return this.#giveTimeNotice();
      case 'bench-started':
        return this.#giveTimeNotice();
      case 'binary-opened':
      case 'attempt-started':
      case 'attempt-finished':
      case 'bench-sample':
      case 'bench-calibrated':
      case 'run-finished':
        return undefined;
    }
  }

  /** Failures in full, then one summary line; with `quiet` the failures alone. */
  finish(): string {
    const blocks = this.#blocks
      .list()
      .map((block) => `\n${block}`)
      .join('');
    const { dropped } = this.#blocks;
    const more =
      dropped === 0 ? '' : `\n… and ${plural(dropped, 'more case')}: see their lines above\n`;
    if (this.#options.quiet) return `${blocks}${more}`.replace(/^\n/, '');
    const repeated = this.#remarks.list().map((remark) => `note: ${escapeControl(remark)}\n`);
    const notes = repeated.length === 0 ? '' : `\n${repeated.join('')}`;
    const means = formatMeans(this.context.end?.means ?? []);
    const summary = formatSummary(this.context, this.tally, this.palette);
    return `${blocks}${more}${notes}${means}\n${summary}\n`;
  }

  #printCase(result: CaseResult): PrintedEvent {
    this.tally.add(result, this.context.strict);
    const label = labelCase(result);
    const shownAtEnd = !NOT_REPEATED.includes(label);
    this.#blocks.finish(result.definition.id, () => {
      const how = { palette: this.palette, options: this.#options };
      return shownAtEnd ? formatFailureBlock(result, this.context, how) : undefined;
    });
    const gap = this.#linesStarted ? '' : '\n';
    this.#linesStarted = true;
    const text = [
      this.palette.label(label)(label.padEnd(LABEL_WIDTH)),
      this.palette.bold(escapeControl(result.definition.id)),
      escapeControl(describeVerdict(result)),
      this.palette.dim(formatTimes(result)),
    ];
    const line = text.filter((part) => part !== '').join('  ');
    const remarks = this.#chooseRemarks(result, shownAtEnd);
    const below = remarks.map((remark) => `${' '.repeat(LABEL_WIDTH)}  ${escapeControl(remark)}\n`);
    return {
      text: `${gap}${line}\n${below.join('')}`,
      routine: (label === 'ok' || label === 'known') && below.length === 0,
    };
  }

  /** What stands below the line of a case. The failures at the end say theirs themselves. */
  #chooseRemarks(result: CaseResult, shownAtEnd: boolean): readonly string[] {
    const { verbose } = this.#options;
    const remarks = shownAtEnd ? [] : listRemarks(result);
    const news = this.#remarks.take(remarks);
    return verbose ? [...listFindings(result), ...remarks] : news;
  }

  #formatStart(event: RunStarted): string {
    const { benchCount, caseCount } = event;
    const what =
      benchCount === undefined ? plural(caseCount, 'case') : plural(benchCount, 'benchmark');
    return `archparity ${escapeControl(event.archparity)} · ${what}\n`;
  }

  #formatLane(lane: LaneInfo): string {
    const facts = describeLane(lane, this.#options.verbose);
    const line = `lane ${this.palette.bold(escapeControl(lane.id))}  ${escapeControl(facts)}\n`;
    if (lane.kind === 'emulated' && !this.#sawEmulated) {
      this.#sawEmulated = true;
      this.#owesTimeNotice = true;
    }
    return line;
  }

  /** Once, below the last lane, for all of them. */
  #giveTimeNotice(): PrintedEvent | undefined {
    if (!this.#owesTimeNotice) return undefined;
    this.#owesTimeNotice = false;
    return { text: `${this.palette.dim('emulated times include QEMU')}\n`, routine: false };
  }

  /** A file is what its reference says; where all else was found is told once for all lanes. */
  #formatImage({ reference, laneId, digest, origin }: OpenedImage): PrintedEvent | undefined {
    const { verbose } = this.#options;
    const place = verbose ? [laneId, digest, origin].filter(Boolean).join('  ') : origin;
    const line = `image ${this.palette.bold(escapeControl(reference))}  ${escapeControl(place ?? '')}\n`;
    if (place === undefined || this.#images.has(line)) return undefined;
    this.#images.add(line);
    return { text: line, routine: false };
  }

  #formatWarning(kind: 'warning' | 'error', message: string, advice: string | undefined): string {
    const line = `${this.palette.warning(kind)}: ${escapeControl(message)}\n`;
    return advice === undefined ? line : `${line}  → ${escapeControl(advice)}\n`;
  }
}

/** What the inspections of an image say beside their findings. */
function listFindings(result: CaseResult): readonly string[] {
  if (result.definition.command.kind !== 'inspect') return [];
  return Object.entries(result.lanes).flatMap(([id, { attempts }]) => {
    const remarks = lastObserved(attempts)?.stderr;
    if (remarks === undefined || remarks.totalBytes === 0) return [];
    const said = capturedText(remarks).trimEnd().split('\n');
    return said.map((remark) => `${id}: ${remark}`);
  });
}

/** The wall time of the judged attempt of each lane. */
function formatTimes(result: CaseResult): string {
  return Object.entries(result.lanes)
    .flatMap(([id, lane]) => {
      const observation = lastObserved(lane.attempts);
      if (observation === undefined || observation.termination.kind === 'not-started') return [];
      // What an inspection looked at says more than how long it took.
      if (result.definition.command.kind === 'inspect')
        return (observation.notes ?? []).map(
          (note) => `${escapeControl(id)} ${escapeControl(note)}`,
        );
      return [`${escapeControl(id)} ${escapeControl(formatLaneTime(observation))}`];
    })
    .join(' · ');
}
