import type { Difference, Explanation } from '../core/index.ts';
import type { Attribution } from './attribute-divergence.ts';

/** What is quoted of an output, in characters. */
const QUOTED = 60;

/**
 * Adds to a referee's reasoning what was seen and what the knowledge base calls it: `vm, a real arm64
 * kernel …, does the same as emulated at stdout line 2 ("as int: 255"): char is signed on x86 …`.
 */
export function completeReasoning(
  { cause, referee, reasoning }: Partial<Attribution>,
  difference: Difference | undefined,
  explanation: Explanation | undefined,
): string | undefined {
  if (reasoning === undefined || referee === undefined) return reasoning;
  const place = difference === undefined ? '' : ` at ${describePlace(difference)}`;
  const seen = cause === 'architecture' && difference !== undefined ? quote(difference.right) : '';
  const why = explanation?.cause === cause ? `: ${explanation?.title ?? ''}` : '';
  return `${reasoning}${place}${seen}${why}`;
}

function describePlace({ what, where }: Difference): string {
  return where === undefined ? what : `${what} ${where}`;
}

function quote(text: string): string {
  const [line = ''] = text.split('\n', 1);
  if (line === '') return '';
  return ` (${line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line})`;
}
