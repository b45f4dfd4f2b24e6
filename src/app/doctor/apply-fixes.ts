import { createExec, findTool, renderCommand } from '../../process/index.ts';
import type { Check } from './check.ts';

/** A fix that may be applied without asking an administrator. */
export interface SafeFix {
  /** Of the check that it mends. */
  readonly id: string;
  readonly title: string;
  /** What is wrong. */
  readonly found: string;
  /** Exactly what is run, ready to paste. */
  readonly command: string;
  readonly argv: readonly string[];
}

export type FixOutcome = 'applied' | 'failed' | 'declined';

/** What became of a fix. */
export interface AppliedFix {
  readonly id: string;
  readonly command: string;
  readonly outcome: FixOutcome;
  /** Why it failed. */
  readonly said?: string;
}

export interface FixRights {
  readonly isRoot: boolean;
  /** Whether somebody is there to type a password. */
  readonly mayAsk: boolean;
}

/** The safe fixes of what is not well, each once, as this user can apply them. */
export function listSafeFixes(checks: readonly Check[], rights: FixRights): readonly SafeFix[] {
  const prefix = rights.isRoot ? [] : ['sudo', ...(rights.mayAsk ? [] : ['-n'])];
  const fixes = checks.flatMap(({ id, title, found, fix, state }) => {
    if (state === 'ok' || fix?.safe === undefined) return [];
    const argv = [...prefix, ...fix.safe];
    return [{ id, title, found, argv, command: renderCommand({ argv }) }];
  });
  const seen = new Set<string>();
  return fixes.filter(({ command }) => !seen.has(command) && seen.add(command));
}

const DEADLINE_MS = 60_000;

/** Applies one. It changes the machine: the caller has shown it and was told to go on. */
export async function applyFix(fix: SafeFix, { mayAsk }: FixRights): Promise<AppliedFix> {
  const { id, command } = fix;
  const [name = '', ...args] = fix.argv;
  const file = findTool(name);
  if (file === undefined)
    return { id, command, outcome: 'failed', said: `${name} was not found in PATH` };
  const { exitCode, stderr, timedOut } = await createExec()(file, args, {
    stdin: mayAsk ? 'inherit' : 'ignore',
    timeoutMs: DEADLINE_MS,
  });
  if (exitCode === 0) return { id, command, outcome: 'applied' };
  const lines = stderr.trim().split('\n');
  const said = timedOut ? `it did not end within ${DEADLINE_MS / 1000} s` : (lines.at(-1) ?? '');
  return { id, command, outcome: 'failed', said };
}
