/** One line of the table: what we took, what the floor or peer took in the same run, and what was aimed at. */
export interface BenchRow {
  readonly work: string;
  readonly ours: string;
  readonly peer: string;
  readonly ratio: string;
  readonly target: string;
  readonly met: boolean;
}

export function milliseconds(seconds: number): string {
  return seconds >= 1 ? `${seconds.toFixed(2)} s` : `${(seconds * 1000).toFixed(1)} ms`;
}

/** A row for "ours must be at most `limit` times the peer". */
export function atMost(
  work: string,
  ours: number,
  peer: { readonly name: string; readonly seconds: number },
  limit: number,
): BenchRow {
  const ratio = ours / peer.seconds;
  return {
    work,
    ours: milliseconds(ours),
    peer: `${peer.name} ${milliseconds(peer.seconds)}`,
    ratio: ratio.toFixed(2),
    target: `≤ ${String(limit)} ×`,
    met: ratio <= limit,
  };
}

/** A row for "ours must be at least `factor` times faster than the peer". */
export function fasterThan(
  work: string,
  ours: number,
  peer: { readonly name: string; readonly seconds: number },
  factor: number,
): BenchRow {
  const ratio = peer.seconds / ours;
  return {
    work,
    ours: milliseconds(ours),
    peer: `${peer.name} ${milliseconds(peer.seconds)}`,
    ratio: `${ratio.toFixed(1)} × faster`,
    target: `≥ ${String(factor)} × faster`,
    met: ratio >= factor,
  };
}

/** The rows as a Markdown table. */
export function formatRows(rows: readonly BenchRow[]): string {
  const lines = rows.map(
    (row) =>
      `| ${row.work} | ${row.ours} | ${row.peer} | ${row.ratio} | ${row.target} | ${row.met ? 'yes' : '**no**'} |`,
  );
  return [
    '| work | archparity | floor or peer | ratio | target | met |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}
