import type { BenchPlan, BenchResult, RunEvent } from '../../core/index.ts';
import { createPalette } from '../palette.ts';
import type { Reporter, ReporterOptions } from '../reporter.ts';
import { quoteForShell } from '../reproduce-command.ts';
import { RunContext } from '../run-context.ts';
import { formatSummary } from '../summary-line.ts';
import { Tally } from '../tally.ts';
import { labelCase } from '../verdict-words.ts';
import { benchSection } from './bench-section.ts';
import { caseDetails } from './case-details.ts';
import { casesSection, type WrittenCase } from './cases-section.ts';
import { lanesSection } from './lanes-section.ts';
import { fragment, type Markup } from './markup.ts';
import { copyable, makePage } from './page.ts';

type Warning = Extract<RunEvent, { type: 'warning' }>;

function overview(context: RunContext, tally: Tally, program: string): Markup {
  const { start } = context;
  const command = [program, ...(start?.argv ?? []).map(quoteForShell)].join(' ');
  const host = Object.entries(start?.host ?? {});
  return fragment`<header>
    <h1>archparity</h1>
    <p><strong>${formatSummary(context, tally, createPalette(false))}</strong></p>
    ${
      start === undefined
        ? undefined
        : fragment`<p class="soft">
              <time datetime="${start.at}">${start.at}</time> · archparity ${start.archparity} ·
              ${host.map(([name, value]) => `${name} ${value}`).join(' · ')}
            </p>
            <p class="soft">in ${start.cwd}</p>
            ${copyable(command)}`
    }
  </header> `;
}

function warningsSection(warnings: readonly Warning[]): Markup {
  if (warnings.length === 0) return fragment``;
  const items = warnings.map(
    ({ advice, message }) =>
      fragment`<li>${message}${advice === undefined ? undefined : fragment`<br />→ ${advice}`}</li> `,
  );
  return fragment`<section>
    <h2>Warnings</h2>
    <ul class="warnings">
      ${items}
    </ul>
  </section> `;
}

/**
 * A page for people, of tests and of benches: one file that needs nothing else. The overview stands first and
 * is known last, so all is written at the end; of each case only its HTML is kept until then.
 */
export function createHtmlReporter(options: ReporterOptions): Reporter {
  const context = new RunContext();
  const tally = new Tally();
  const cases: WrittenCase[] = [];
  const results: BenchResult[] = [];
  const warnings: Warning[] = [];
  const program = options.program ?? 'archparity';
  let plan: BenchPlan | undefined;

  return {
    onEvent(event) {
      context.observe(event);
      if (event.type === 'warning') warnings.push(event);
      if (event.type === 'bench-started') plan = event.plan;
      if (event.type === 'bench-finished') results.push(event.result);
      if (event.type !== 'case-finished') return;
      tally.add(event.result, context.strict);
      cases.push({
        label: labelCase(event.result),
        markup: caseDetails(event.result, context, program),
      });
    },
    async finish() {
      const title = `archparity: ${formatSummary(context, tally, createPalette(false))}`;
      const page = makePage(title, [
        overview(context, tally, program),
        fragment`<main>
          ${lanesSection(context)}${warningsSection(warnings)}${benchSection({ plan, results, means: context.end?.means ?? [] }, context)}${casesSection(cases)}
        </main>`,
      ]);
      await options.write(page.markup);
    },
  };
}
