import { captureBytes, type CapturedBytes } from '../../core/index.ts';

/**
 * The output of two subjects that were stopped while they ran, as far as both came: whole lines only. How
 * far a lane gets until its deadline is a matter of its speed and says nothing.
 */
export function cutToCommonLines(
  left: CapturedBytes,
  right: CapturedBytes,
): readonly [CapturedBytes, CapturedBytes] {
  if (left.encoding !== 'utf8' || right.encoding !== 'utf8') return [left, right];
  const lines = [left, right].map(({ data }) => data.split('\n').slice(0, -1));
  const common = Math.min(...lines.map((side) => side.length));
  const cut = (side: readonly string[] = []): CapturedBytes =>
    captureBytes(
      Buffer.from(
        side
          .slice(0, common)
          .map((line) => `${line}\n`)
          .join(''),
      ),
    );
  return [cut(lines[0]), cut(lines[1])];
}
