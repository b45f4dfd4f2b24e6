import { ArchParityError, errorMessage } from '../../core/index.ts';
import { installHint } from '../../process/index.ts';

export type CheckState = 'ok' | 'warning' | 'failed';

/** What mends a check. */
export interface Fix {
  /** One sentence. */
  readonly text: string;
  /** Ready to paste, for this machine's package manager. */
  readonly command?: string;
}

/** One precondition, checked by doing what the lanes do. */
export interface Check {
  /** Stable, e.g. `private-binfmt`: scripts may look for it. */
  readonly id: string;
  readonly title: string;
  readonly state: CheckState;
  /** What was found, or why it does not work. */
  readonly found: string;
  /** What is lost by it; empty when nothing is. */
  readonly effect: string;
  readonly fix?: Fix;
}

/** What a check is about, before it is known how it went. */
export interface CheckSubject {
  readonly id: string;
  readonly title: string;
}

export function passed(subject: CheckSubject, found: string): Check {
  return { ...subject, state: 'ok', found, effect: '' };
}

export interface Shortcoming {
  readonly found: string;
  readonly effect: string;
  readonly fix?: Fix | undefined;
}

function shortcoming(
  subject: CheckSubject,
  state: CheckState,
  { fix, ...rest }: Shortcoming,
): Check {
  return { ...subject, state, ...rest, ...(fix === undefined ? {} : { fix }) };
}

export function warned(subject: CheckSubject, rest: Shortcoming): Check {
  return shortcoming(subject, 'warning', rest);
}

export function failed(subject: CheckSubject, rest: Shortcoming): Check {
  return shortcoming(subject, 'failed', rest);
}

/** A check that could not be made because another failed; that one carries the fix. */
export function notTried(subject: CheckSubject, because: string, effect: string): Check {
  return failed(subject, { found: `not tried: ${because}`, effect });
}

/** What was thrown, as the rest of a line: no full stop at its end. */
export function reasonOf(thrown: unknown): string {
  return errorMessage(thrown).replace(/\.$/, '');
}

/** The advice of an error as a fix; a command in it stands alone. */
export function adviceOf(thrown: unknown): Fix | undefined {
  const advice = thrown instanceof ArchParityError ? thrown.advice : undefined;
  // The lanes send people here; sending them round in a circle helps nobody.
  return advice === undefined || advice.includes('archparity doctor') ? undefined : toFix(advice);
}

/** How to get a tool on this machine. */
export async function installFix(tool: string): Promise<Fix> {
  return toFix(await installHint(tool));
}

function toFix(sentence: string): Fix {
  const command = /^Install it: (.+)$/.exec(sentence)?.[1];
  return command === undefined ? { text: sentence } : { text: 'Install it.', command };
}
