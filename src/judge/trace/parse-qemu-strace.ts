import { constants } from 'node:os';
import { splitArguments, type TraceEvent } from './trace-event.ts';

const CALL = /^(\d+) (\w+)\((.*)\) = (.*)$/;
const UNANSWERED = /^(\d+) (\w+)\((.*)\)$/;
const UNKNOWN = /^(\d+) Unknown syscall (\d+)$/;
const RESULT = /^ = ?(.*)$/;
const SIGNAL = /^--- (SIG\w+) (.*) ---$/;
const ERROR = /^-1 errno=(\d+)/;

/** Calls that a QEMU does not know by name, by their number in the table of arm64 (asm-generic/unistd.h). */
const NUMBERED: Readonly<Record<string, string>> = {
  293: 'rseq',
  424: 'pidfd_send_signal',
  425: 'io_uring_setup',
  434: 'pidfd_open',
  435: 'clone3',
  436: 'close_range',
  437: 'openat2',
  438: 'pidfd_getfd',
  439: 'faccessat2',
  440: 'process_madvise',
  441: 'epoll_pwait2',
  444: 'landlock_create_ruleset',
  447: 'memfd_secret',
  449: 'futex_waitv',
  452: 'fchmodat2',
};

/** Of names for the same number the one that strace writes: EAGAIN, and EOPNOTSUPP. */
const ERRNO_NAMES = new Map(
  Object.entries(constants.errno)
    .filter(([name]) => name !== 'EWOULDBLOCK' && name !== 'ENOTSUP')
    .map(([name, number]) => [number, name] as const),
);

interface Pending {
  readonly place: number;
  readonly event: TraceEvent;
  /** Its child has written the 0 of the fork already. */
  readonly hasChild: boolean;
}

function isFork({ name, args }: TraceEvent): boolean {
  return /^(?:clone|fork|vfork)/.test(name) && !args.join().includes('CLONE_THREAD');
}

/** The lines of a trace as events. Results that stand apart are given to the calls that wait for them. */
class QemuTrace {
  readonly #events: (TraceEvent | undefined)[] = [];
  readonly #waiting: Pending[] = [];
  /** Children that QEMU has yet to write the 0 of their fork for. */
  #newborn = 0;
  /** Who was last heard of: a signal is written without a process. */
  #last: number | undefined;

  get events(): TraceEvent[] {
    return this.#events.filter((event) => event !== undefined);
  }

  take(line: string): void {
    const [, process, name, args, result] = CALL.exec(line) ?? UNANSWERED.exec(line) ?? [];
    if (process !== undefined && name !== undefined) {
      const text = `${name}(${args ?? ''})`;
      const facts = { kind: 'call', name, args: splitArguments(args ?? ''), text } as const;
      this.#takeCall({ pid: Number(process), ...facts }, result);
      return;
    }
    const [, caller, number] = UNKNOWN.exec(line) ?? [];
    const value = RESULT.exec(line)?.[1];
    const [, signal, told] = SIGNAL.exec(line) ?? [];
    if (caller !== undefined && number !== undefined) this.#takeUnknown(Number(caller), number);
    else if (value !== undefined) this.#takeResult(value, 0);
    else if (/^\d+$/.test(line)) this.#takeChild(line);
    else if (signal !== undefined && this.#last !== undefined)
      this.#events.push({
        pid: this.#last,
        kind: 'signal',
        name: signal,
        args: [told ?? ''],
        text: line,
      });
  }

  #takeUnknown(pid: number, number: string): void {
    const name = NUMBERED[number] ?? `syscall_${number}`;
    const text = `${name}(…) = -1 ENOSYS`;
    this.#events.push({ pid, kind: 'call', name, args: [], result: '-1', errno: 'ENOSYS', text });
  }

  #takeCall(event: TraceEvent, result: string | undefined): void {
    this.#last = event.pid;
    // Nobody has two calls under way.
    const old = this.#waiting.findIndex(({ event: { pid } }) => pid === event.pid);
    if (old >= 0) this.#waiting.splice(old, 1);
    // The child's 0 may come between the two pieces of its parent's result.
    const hasChild = isFork(event) && result === ' = 0';
    this.#waiting.push({ place: this.#events.length, event, hasChild });
    this.#events.push(event);
    if (result !== undefined && !hasChild) this.#takeResult(result, this.#waiting.length - 1);
  }

  /** @param index - of the call that most likely waits for it */
  #takeResult(result: string, index: number): void {
    // A child writes the 0 of its fork into whatever line there is, or repeats the call.
    if (result === '0' && this.#newborn > 0) {
      this.#newborn -= 1;
      const repeated = this.#waiting[index];
      if (repeated !== undefined && isFork(repeated.event)) {
        this.#waiting.splice(index, 1);
        this.#events[repeated.place] = undefined;
      }
      return;
    }
    const [pending] = this.#waiting.splice(index, 1);
    if (pending !== undefined) this.#answer(pending, result);
  }

  /** The second piece of a fork's result. */
  #takeChild(child: string): void {
    const index = this.#waiting.findIndex(({ hasChild }) => hasChild);
    const [pending] = index < 0 ? [] : this.#waiting.splice(index, 1);
    if (pending !== undefined) this.#answer(pending, child);
  }

  #answer({ event, hasChild, place }: Pending, result: string): void {
    this.#last = event.pid;
    const number = ERROR.exec(result)?.[1];
    const errno = number === undefined ? undefined : ERRNO_NAMES.get(Number(number));
    const value = result.split(' ')[0] ?? '';
    if (isFork(event) && errno === undefined && !hasChild) this.#newborn += 1;
    // Of some calls newer QEMUs write no result.
    if (value === '') return;
    this.#events[place] = {
      ...event,
      result: value,
      ...(errno === undefined ? {} : { errno }),
      text: `${event.text} = ${errno === undefined ? value : `-1 ${errno}`}`,
    };
  }
}

/**
 * Reads what QEMU's user-mode emulation logs with `-d strace`, all processes into one stream. It writes a call and
 * its result one after the other, and the lines of several processes come in between.
 */
export function parseQemuStrace(trace: string): TraceEvent[] {
  const reader = new QemuTrace();
  // Two that write at once may share a line: a new process number begins another, or is the end of a fork's result.
  const lines = trace.replaceAll(/\)(?=\d+(?: \w+\(|$))/gm, ')\n').split('\n');
  const processes = new Set(lines.map((line) => /^\d+(?= \w+\()/.exec(line)?.[0]));
  for (const line of lines.flatMap((each) => takeApart(each, processes))) reader.take(line);
  return reader.events;
}

/** QEMU writes a call in pieces, between which the call of another process can come. */
function takeApart(line: string, processes: ReadonlySet<string | undefined>): string[] {
  const inner = /(?<=.)(\d+)( \w+\([^()]*\))/.exec(line);
  const [whole = '', digits = '', call = ''] = inner ?? [];
  // Digits before the process number belong to what is around.
  const ends = Array.from({ length: digits.length }, (_, index) => digits.slice(index));
  const process = ends.find((end) => processes.has(end));
  if (inner === null || process === undefined) return [line];
  const start = inner.index + digits.length - process.length;
  const around = line.slice(0, start) + line.slice(inner.index + whole.length);
  return [around, process + call];
}
