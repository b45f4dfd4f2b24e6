import type { BenchMean, BenchPlan, BenchResult } from '../../core/index.ts';
import { formatMeans, isBorrowed, NOT_ARM, samplesOf } from '../bench/bench-lines.ts';
import { formatComparison } from '../bench/format-values.ts';
import type { RunContext } from '../run-context.ts';
import { figuresTable, ratioTables, splitMetrics, stripTable } from './bench-tables.ts';
import { fragment, type Markup } from './markup.ts';

/** What a bench run told besides its lanes. */
export interface BenchFacts {
  readonly plan: BenchPlan | undefined;
  readonly results: readonly BenchResult[];
  readonly means: readonly BenchMean[];
}

function formatPlan(plan: BenchPlan): string {
  const { affinity, minTimeMs, runs, seed, targetPrecision, warmup } = plan;
  return [
    `seed ${seed}`,
    runs === undefined ? `at least ${minTimeMs / 1000} s each` : `${runs} runs each`,
    `${warmup} to warm up`,
    ...(targetPrecision === undefined
      ? []
      : [`until intervals are within ± ${100 * targetPrecision} %`]),
    ...(affinity === undefined ? [] : [`on the processors ${affinity.join(', ')}`]),
  ].join(' · ');
}

function benchArticle(result: BenchResult, context: RunContext): Markup {
  const { shown, others } = splitMetrics(result);
  const compared = result.comparisons.map(
    (comparison) =>
      fragment`<p>
        <strong>${formatComparison(comparison, samplesOf(result, comparison), result.name)}</strong>
      </p> `,
  );
  const warnings = result.warnings.map(
    ({ advice, code, message }) =>
      fragment`<li><span class="label doubt">${code}</span> ${message}<br />→ ${advice}</li> `,
  );
  const rest =
    others.length === 0
      ? undefined
      : fragment`<details>
          <summary>Other metrics</summary>
          ${figuresTable(result, others, `Other figures of ${result.name}`)}
        </details> `;
  return fragment`<article class="bench" data-bench="${result.name}">
    <h3>${result.name}</h3>
    ${compared}${isBorrowed(result, context.lanes) ? fragment`<p class="soft">${NOT_ARM}</p>` : undefined}
    ${figuresTable(result, shown, `Figures of ${result.name}`)}
    ${shown.map((metric) => stripTable(result, metric))}${rest}${
      warnings.length === 0
        ? undefined
        : fragment`<ul class="warnings">
            ${warnings}
          </ul>`
    }
  </article> `;
}

/** The ratios of all benchmarks, then each with its figures; nothing for a run without benchmarks. */
export function benchSection({ means, plan, results }: BenchFacts, context: RunContext): Markup {
  if (results.length === 0) return fragment``;
  const said = formatMeans(means).trim();
  return fragment`<section>
      <h2>Ratios</h2>
      ${plan === undefined ? undefined : fragment`<p class="soft">${formatPlan(plan)}</p>`}
      ${ratioTables(results)}${said === '' ? undefined : fragment`<pre>${said}</pre>`}
    </section>
    <section>
      <h2>Benchmarks</h2>
      ${results.map((result) => benchArticle(result, context))}
    </section> `;
}
