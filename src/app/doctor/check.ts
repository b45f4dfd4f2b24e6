import { ArchParityError, errorMessage } from '../../core/index.ts';
import { installCommands, installHint, type PackageManager } from '../../process/index.ts';

export type CheckState = 'ok' | 'warning' | 'failed';

/** Where a command is typed, or written into a file of a CI service. */
export type Place = PackageManager | 'github' | 'gitlab';

export type Commands = Readonly<Partial<Record<Place, string>>>;

/** What mends a check. */
export interface Fix {
  /** One sentence. */
  readonly text: string;
  /** Ready to paste, for this machine's package manager; in a CI job, what its file is to say. */
  readonly command?: string;
  /** The same elsewhere. */
  readonly commands?: Commands;
  /** Another way, where the first may not be wanted. */
  readonly otherwise?: { readonly text: string; readonly command?: string };
  /**
   * Words that `--fix` runs as root: it takes effect at once, is undone by the next boot at the
   * latest, and replaces nothing that somebody made. Absent = it is shown only.
   */
  readonly safe?: readonly string[];
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
  if (!(thrown instanceof ArchParityError)) return undefined;
  const { advice, code, message } = thrown;
  // The lanes send people here; sending them round in a circle helps nobody.
  if (advice === undefined || advice.includes('archparity doctor')) return undefined;
  const tool = code === 'TOOL_MISSING' ? /^(\S+) was not found/.exec(message)?.[1] : undefined;
  return { ...toFix(advice), ...(tool === undefined ? {} : withCommands(tool)) };
}

/** How to get a tool on this machine, and elsewhere. */
export async function installFix(tool: string): Promise<Fix> {
  return { ...toFix(await installHint(tool)), ...withCommands(tool) };
}

function withCommands(tool: string): Pick<Fix, 'commands'> {
  const commands = installCommands(tool);
  const { apt } = commands;
  if (apt === undefined) return { commands };
  const packages = apt.replace('sudo apt install ', '');
  return {
    commands: {
      ...commands,
      github: `- run: sudo apt-get update && sudo apt-get install -y ${packages}`,
      gitlab: `before_script: ['apt-get update && apt-get install -y ${packages}']`,
    },
  };
}

function toFix(sentence: string): Fix {
  const command = /^Install it: (.+)$/.exec(sentence)?.[1];
  return command === undefined ? { text: sentence } : { text: 'Install it.', command };
}
