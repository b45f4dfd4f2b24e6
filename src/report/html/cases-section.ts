import { fragment, type Markup } from './markup.ts';

/** A case that is written already, and how it is filtered. */
export interface WrittenCase {
  readonly label: string;
  readonly markup: Markup;
}

/** Filters, search, and the cases of a run; nothing for a run without cases. */
export function casesSection(cases: readonly WrittenCase[]): Markup {
  if (cases.length === 0) return fragment``;
  const counts = new Map<string, number>();
  for (const { label } of cases) counts.set(label, (counts.get(label) ?? 0) + 1);
  const boxes = Array.from(
    counts,
    ([label, count]) =>
      fragment`<label
        ><input type="checkbox" name="label" value="${label}" checked /> ${label} (${count})</label
      >`,
  );
  return fragment`<section>
    <h2>Cases</h2>
    <div class="tools" data-needs-script hidden>
      <fieldset>
        <legend>Verdicts</legend>
        ${boxes}
      </fieldset>
      <p>
        <label>Search <input type="search" id="search" /></label>
      </p>
      <p>
        <label><input type="checkbox" id="show-normalised" /> Show what normalisers hid</label>
      </p>
      <p class="soft" id="shown" role="status"></p>
    </div>
    ${cases.map(({ markup }) => markup)}
  </section> `;
}
