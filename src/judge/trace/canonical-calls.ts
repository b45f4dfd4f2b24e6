import type { Rewriter } from '../normalise/rewriter.ts';
import { ALIASES, QUIET_CALLS, SIGNATURES, type ArgumentKind } from './call-signatures.ts';
import type { TraceEvent } from './trace-event.ts';

/** An event as it is compared. */
export interface CanonicalEvent {
  readonly event: TraceEvent;
  /** Equal for what is the same on two architectures. */
  readonly key: string;
  /** Of all events of the trace. */
  readonly place: number;
}

/** The events of one process, named by how it came to be: `0`, its second child `0.2`. */
export interface TracedProcess {
  readonly name: string;
  readonly events: readonly CanonicalEvent[];
}

export interface CanonicalTrace {
  readonly processes: readonly TracedProcess[];
  /** Events that are not compared. */
  readonly quiet: number;
}

const STANDARD = ['stdin', 'stdout', 'stderr'] as const;
const FORK = /^(?:clone3?|fork|vfork)$/;

function isThread({ args }: TraceEvent): boolean {
  return args.some((arg) => arg.includes('CLONE_THREAD'));
}

/**
 * What a process did is told apart by its place in the tree of processes: their numbers are chance. Where the number
 * of a child is not known, the next process that nobody has heard of is it.
 */
function nameProcesses(events: readonly TraceEvent[], root: number): Map<number, string> {
  const names = new Map([[root, '0']]);
  const children = new Map<string, number>();
  const unborn: string[] = [];
  for (const event of events) {
    const parent = names.get(event.pid) ?? unborn.shift();
    if (parent === undefined) continue;
    names.set(event.pid, parent);
    if (!FORK.test(event.name) || event.errno !== undefined) continue;
    const child = Number(event.result ?? 0);
    if (isThread(event)) {
      names.set(child, parent);
      continue;
    }
    const number = (children.get(parent) ?? 0) + 1;
    children.set(parent, number);
    const name = `${parent}.${String(number)}`;
    if (child > 0) names.set(child, name);
    else unborn.push(name);
  }
  return names;
}

/** Which of a process's descriptors lead where: their numbers depend on what an emulator has open itself. */
type Descriptors = Map<string, string>;

function standardDescriptors(): Descriptors {
  return new Map(STANDARD.map((name, number) => [String(number), name]));
}

class Canonicaliser {
  readonly #arch: Rewriter;
  readonly #descriptors = new Map<string, Descriptors>();

  constructor(arch: Rewriter) {
    this.#arch = arch;
  }

  /** @param process - its name in the tree */
  keyOf(event: TraceEvent, process: string): string {
    if (event.kind === 'signal') return `signal ${event.name}`;
    const descriptors = this.#descriptorsOf(process);
    const [name, ...args] = ALIASES[event.name]?.(event.args) ?? [event.name, ...event.args];
    const signature = SIGNATURES[name];
    const kept = signature?.args.flatMap((kind, index) => {
      const arg = args[index];
      return kind === 'skip' || arg === undefined ? [] : [this.#argument(kind, arg, descriptors)];
    });
    this.#follow(name, args, event, descriptors);
    const result =
      event.errno ?? (signature?.result === 'size' ? numberOf(event.result ?? '') : 'done');
    return `${name}(${(kept ?? []).join(', ')}) = ${result}`;
  }

  #descriptorsOf(process: string): Descriptors {
    const known = this.#descriptors.get(process);
    if (known !== undefined) return known;
    // A child begins with what its parent has.
    const parent = process.includes('.') ? process.slice(0, process.lastIndexOf('.')) : undefined;
    const inherited = parent === undefined ? undefined : this.#descriptors.get(parent);
    const own = new Map(inherited ?? standardDescriptors());
    this.#descriptors.set(process, own);
    return own;
  }

  #argument(kind: ArgumentKind, arg: string, descriptors: Descriptors): string {
    switch (kind) {
      case 'fd':
        return arg === 'AT_FDCWD' ? arg : (descriptors.get(arg) ?? 'fd');
      case 'path':
        return this.#rewrite(arg);
      case 'argv':
        return this.#rewrite((arg.match(/"(?:[^"\\]|\\.)*"/g) ?? []).join(' '));
      case 'word':
        return sortFlags(arg);
      case 'size':
        return numberOf(arg);
      case 'skip':
        return '';
    }
  }

  #rewrite(text: string): string {
    return this.#arch.rewrite(text).text.replaceAll(/\/proc\/\d+/g, '/proc/<pid>');
  }

  /** What a call opens or closes. */
  #follow(
    name: string,
    args: readonly string[],
    { errno, result }: TraceEvent,
    descriptors: Descriptors,
  ): void {
    if (errno !== undefined || result === undefined) return;
    const [first = '', second = ''] = args;
    if (name === 'close') descriptors.delete(first);
    else if (name === 'openat') descriptors.set(result, this.#rewrite(second));
    else if (name === 'socket') descriptors.set(result, 'socket');
    else if (name === 'dup' || name === 'dup3')
      descriptors.set(result, descriptors.get(first) ?? 'fd');
    else if (name === 'fcntl' && second.startsWith('F_DUPFD'))
      descriptors.set(result, descriptors.get(first) ?? 'fd');
  }
}

/** Decimal, whether it was written so or in hexadecimal or octal digits. */
function numberOf(text: string): string {
  const value = Number(text);
  return Number.isNaN(value) ? text : String(value);
}

/** Flags in one order; `O_LARGEFILE` is what 32-bit programs need to say. */
function sortFlags(text: string): string {
  const flags = text.split('|').filter((flag) => flag !== 'O_LARGEFILE');
  const known = flags.filter((flag) => /^[A-Z]/.test(flag));
  return known.toSorted().join('|');
}

/** A loader reads as much of a library as its architecture wants; that it opens it is compared. */
const LOADS_LIBRARY = /^p?read(?:64)?\("[^"]*\.so(?:\.[\d.]+)?", /;

/** What is not compared: see {@link QUIET_CALLS}; and what a process is told of its children. */
function isQuiet({ args, errno, kind, name }: TraceEvent): boolean {
  if (kind === 'signal') return name === 'SIGCHLD';
  // Where a loader looks for libraries of newer processors (ld.so(8)).
  if (args.some((arg) => arg.includes('/glibc-hwcaps/'))) return true;
  // A C library that is told so goes on with the older call.
  const isProbe = errno === 'ENOSYS' && (name === 'clone3' || name === 'faccessat2');
  return isProbe || QUIET_CALLS.has(name);
}

/**
 * The events of a trace by process, in a form that is the same on two architectures.
 * @param root - process number of the command, whose descendants count; absent = the first of the trace
 */
export function canonicaliseTrace(
  events: readonly TraceEvent[],
  arch: Rewriter,
  root = events[0]?.pid ?? 0,
): CanonicalTrace {
  // strace shows the start of the program itself, QEMU does not.
  const own = events[0]?.name === 'execve' ? events.slice(1) : events;
  const names = nameProcesses(own, root);
  const canonical = new Canonicaliser(arch);
  const processes = new Map<string, CanonicalEvent[]>();
  let quiet = 0;
  for (const [place, event] of own.entries()) {
    const name = names.get(event.pid);
    if (name === undefined) continue;
    const key = canonical.keyOf(event, name);
    if (isQuiet(event) || LOADS_LIBRARY.test(key)) {
      quiet += 1;
      continue;
    }
    const list = processes.get(name) ?? [];
    list.push({ event, key, place });
    processes.set(name, list);
  }
  const sorted = [...processes].toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  return { processes: sorted.map(([name, list]) => ({ name, events: list })), quiet };
}
