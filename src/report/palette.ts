import { Chalk } from 'chalk';

import type { CaseLabel } from './verdict-words.ts';

type Paint = (text: string) => string;

/** The colours of a report by what they mean; without colour every one gives its text unchanged. */
export interface Palette {
  readonly label: (label: CaseLabel) => Paint;
  readonly bold: Paint;
  readonly dim: Paint;
  /** The base lane's side of a difference. */
  readonly left: Paint;
  readonly right: Paint;
  readonly warning: Paint;
}

/** Sixteen colours only: they follow the user's terminal theme. */
export function createPalette(color: boolean): Palette {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  const labels: Readonly<Record<CaseLabel, Paint>> = {
    ok: chalk.green,
    known: chalk.cyan,
    'known-unmet': chalk.red,
    quarantined: chalk.yellow,
    mismatch: chalk.red,
    diverged: chalk.red,
    timeout: chalk.red,
    flaky: chalk.yellow,
    unsupported: chalk.yellow,
    skipped: chalk.dim,
    'infra-error': chalk.magenta,
  };
  return {
    label: (label) => labels[label],
    bold: chalk.bold,
    dim: chalk.dim,
    left: chalk.red,
    right: chalk.green,
    warning: chalk.yellow,
  };
}
