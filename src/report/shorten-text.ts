/** How much of a failure is shown; the record has the whole. */
export interface Limits {
  readonly diffLines: number;
  readonly valueLines: number;
  readonly stderrLines: number;
  readonly lineLength: number;
}

/** Enough to see a failure on a screen; with `verbose` enough for nearly all. */
export function displayLimits(verbose: boolean): Limits {
  return verbose
    ? { diffLines: 400, valueLines: 100, stderrLines: 100, lineLength: 2000 }
    : { diffLines: 40, valueLines: 8, stderrLines: 10, lineLength: 300 };
}

/** Lines that were shown, and whether something was left out. */
export interface Shortened {
  readonly lines: readonly string[];
  readonly shortened: boolean;
}

/** Keeps the first lines and says how many are missing. */
export function keepFirstLines(lines: readonly string[], limits: Limits, max: number): Shortened {
  const kept = lines.slice(0, max).map((line) => shortenLine(line, limits.lineLength));
  const missing = lines.length - kept.length;
  return {
    lines: missing > 0 ? [...kept, `… ${plural(missing, 'more line')}`] : kept,
    shortened: missing > 0 || lines.some((line) => line.length > limits.lineLength),
  };
}

/** Keeps the last lines and says how many are missing. */
export function keepLastLines(lines: readonly string[], limits: Limits, max: number): Shortened {
  const missing = Math.max(0, lines.length - max);
  const kept = lines.slice(missing).map((line) => shortenLine(line, limits.lineLength));
  return {
    lines: missing > 0 ? [`… ${plural(missing, 'line')} before`, ...kept] : kept,
    shortened: missing > 0 || lines.some((line) => line.length > limits.lineLength),
  };
}

function shortenLine(line: string, max: number): string {
  if (line.length <= max) return line;
  return `${line.slice(0, max).toWellFormed()}… ${line.length - max} more characters`;
}

/** `1 place`, `3 places`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
