import type { CaseResult, Explanation, HiddenDifference } from '../../core/index.ts';
import { listRemarks } from '../case-remarks.ts';
import { formatLaneTime } from '../lane-time.ts';
import { formatEndings, formatStderrTails, formatTimeoutTails } from '../lane-evidence.ts';
import { reproduceCommand } from '../reproduce-command.ts';
import type { RunContext } from '../run-context.ts';
import { displayLimits } from '../shorten-text.ts';
import { type CaseLabel, describeVerdict, labelCase, lastObserved } from '../verdict-words.ts';
import { differenceTable } from './difference-table.ts';
import { fragment, type Markup } from './markup.ts';
import { copyable } from './page.ts';

const LABEL_CLASSES: Readonly<Record<CaseLabel, string>> = {
  ok: 'good',
  known: 'good',
  'known-unmet': 'bad',
  mismatch: 'bad',
  diverged: 'bad',
  timeout: 'bad',
  'infra-error': 'bad',
  flaky: 'doubt',
  quarantined: 'doubt',
  unsupported: 'doubt',
  skipped: 'doubt',
};

function paragraphs(lines: readonly string[]): readonly Markup[] {
  return lines.map((line) => fragment`<p>${line}</p> `);
}

function block(title: string, lines: readonly string[]): Markup | undefined {
  if (lines.length === 0) return undefined;
  return fragment`<h3>${title}</h3>
    <pre><samp>${lines.join('\n')}</samp></pre> `;
}

function explain({ advice, id, qemu, source, syscalls = [], title }: Explanation): Markup {
  const facts = [
    ['Perhaps', title],
    ['What to do', advice],
    ...(qemu === undefined ? [] : [['QEMU', qemu]]),
    ...(syscalls.length === 0 ? [] : [['System calls', syscalls.join(', ')]]),
    ['Source', `${source} (${id})`],
  ] as const;
  return fragment`<dl>
    ${facts.map(
      ([name, text]) =>
        fragment`<dt>${name}</dt>
          <dd>${text}</dd>`,
    )}
  </dl> `;
}

function failuresOf({ lanes }: CaseResult): readonly Markup[] {
  return Object.entries(lanes).flatMap(([lane, { failures }]) =>
    failures.map(
      ({ actual, at, check, expected }) =>
        fragment`<h3>${lane}: ${check}${at === undefined ? '' : ` (${at})`}</h3>
          <dl>
            <dt>expected</dt>
            <dd><pre><samp>${expected}</samp></pre></dd>
            <dt>actual</dt>
            <dd><pre><samp>${actual}</samp></pre></dd>
          </dl> `,
    ),
  );
}

/** What normalisers took for the same, with the first place of each. */
function normalised(hidden: readonly HiddenDifference[]): Markup | undefined {
  if (hidden.length === 0) return undefined;
  const tables = hidden.map(({ between, count, left, normaliser, right, what }) =>
    differenceTable({
      between,
      what,
      where: `${normaliser}, ${count} rewritten, the first`,
      left,
      right,
    }),
  );
  return fragment`<details class="normalised">
    <summary>Hidden by normalisers: ${hidden.length}</summary>
    ${tables}
  </details> `;
}

function timesOf({ definition, lanes }: CaseResult): string {
  if (definition.command.kind === 'inspect') return '';
  return Object.entries(lanes)
    .flatMap(([id, { attempts }]) => {
      const observation = lastObserved(attempts);
      if (observation === undefined || observation.termination.kind === 'not-started') return [];
      return [`${id} ${formatLaneTime(observation)}`];
    })
    .join(' · ');
}

function bodyOf(result: CaseResult, context: RunContext, program: string): Markup {
  const { definition, differences, explanation, hidden, reasoning } = result;
  const { position } = definition;
  const limits = displayLimits(true);
  return fragment`<div>
    ${position === undefined ? undefined : fragment`<p class="soft">${position.file}:${position.line}</p>`}
    ${reasoning === undefined ? undefined : fragment`<p>Because ${reasoning}</p>`}
    ${explanation === undefined ? undefined : explain(explanation)}${paragraphs(formatEndings(result))}${paragraphs(listRemarks(result))}
    ${failuresOf(result)}${differences.map(differenceTable)}
    ${block('What was printed until the deadline', formatTimeoutTails(result, limits).lines)}${block('stderr', formatStderrTails(result, limits).lines)}
    ${normalised(hidden)}
    <h3>Again</h3>
    ${copyable(reproduceCommand(definition, context, program))}
  </div>`;
}

/** A case as one line that opens: verdict, evidence, the command that runs it again. */
export function caseDetails(result: CaseResult, context: RunContext, program: string): Markup {
  const label = labelCase(result);
  return fragment`<details class="case" data-label="${label}">
    <summary>
      <span class="label ${LABEL_CLASSES[label]}">${label}</span>
      <strong>${result.definition.id}</strong> ${describeVerdict(result)}
      <span class="soft">${timesOf(result)}</span>
    </summary>
    ${bodyOf(result, context, program)}
  </details> `;
}
