/** One line of a trace: a system call, or a signal that came. */
export interface TraceEvent {
  readonly pid: number;
  readonly kind: 'call' | 'signal';
  /** Of the call or the signal. */
  readonly name: string;
  readonly args: readonly string[];
  /** As it is written; absent for a call that did not return. */
  readonly result?: string;
  /** Symbolic name, where the call failed. */
  readonly errno?: string;
  /** The line for people, without the process. */
  readonly text: string;
}

const OPENING = '([{';
const CLOSING = ')]}';

/** Splits the arguments of a call at the commas that are in no brackets and no text. */
export function splitArguments(text: string): string[] {
  const args: string[] = [];
  let depth = 0;
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isQuoted) {
      if (character === '\\') at += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (OPENING.includes(character)) depth += 1;
    else if (CLOSING.includes(character)) depth -= 1;
    else if (character === ',' && depth === 0) {
      args.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === '' && args.length === 0 ? [] : [...args, last];
}
