import { constants } from 'node:os';
import { splitArguments, type TraceEvent } from './trace-event.ts';

const CALL = /^(\d+) (\w+)\((.*)\)( = .*)?$/;
const UNKNOWN = /^(\d+) Unknown syscall (\d+)$/;
const RESULT = /^ = (.*)$/;
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

const ERRNO_NAMES = new Map(
  Object.entries(constants.errno).map(([name, number]) => [number, name] as const),
);

interface Pending {
  readonly place: number;
  readonly event: TraceEvent;
}

function isFork({ name, args }: TraceEvent): boolean {
  return /^(?:clone|fork|vfork)/.test(name) && !args.join().includes('CLONE_THREAD');
}

/** The lines of a trace as events. Results that stand apart are given to the calls that wait for them. */
class QemuTrace {
  readonly events: TraceEvent[] = [];
  readonly #waiting: Pending[] = [];
  /** Who was last heard of: a signal is written without a process. */
  #last: number | undefined;
  /** Children that QEMU has yet to write the 0 of their fork for. */
  #newborn = 0;

  take(line: string): void {
    const [, process, name, args, result] = CALL.exec(line) ?? [];
    if (process !== undefined && name !== undefined) {
      this.#takeCall({
        pid: Number(process),
        kind: 'call',
        name,
        args: splitArguments(args ?? ''),
        text: `${name}(${args ?? ''})`,
      });
      if (result !== undefined) this.#takeResult(result.slice(3), this.#waiting.length - 1);
      return;
    }
    const [, caller, number] = UNKNOWN.exec(line) ?? [];
    if (caller !== undefined && number !== undefined) {
      const call = NUMBERED[number] ?? `syscall_${number}`;
      const text = `${call}(…) = -1 ENOSYS`;
      const facts = { kind: 'call', args: [], result: '-1', errno: 'ENOSYS', text } as const;
      this.events.push({ pid: Number(caller), name: call, ...facts });
      return;
    }
    const value = RESULT.exec(line)?.[1];
    if (value !== undefined) {
      this.#takeResult(value, 0);
      return;
    }
    const [, signal, facts] = SIGNAL.exec(line) ?? [];
    const pid = this.#last;
    if (signal === undefined || pid === undefined) return;
    this.events.push({ pid, kind: 'signal', name: signal, args: [facts ?? ''], text: line });
  }

  #takeCall(event: TraceEvent): void {
    this.#last = event.pid;
    // Nobody has two calls under way.
    const old = this.#waiting.findIndex(({ event: { pid } }) => pid === event.pid);
    if (old >= 0) this.#waiting.splice(old, 1);
    this.#waiting.push({ place: this.events.length, event });
    this.events.push(event);
  }

  /** @param index - of the call that most likely waits for it */
  #takeResult(result: string, index: number): void {
    // A child writes the 0 of its fork into whatever line there is.
    if (result === '0' && this.#newborn > 0) {
      this.#newborn -= 1;
      return;
    }
    const [pending] = this.#waiting.splice(index, 1);
    if (pending === undefined) return;
    const { event, place } = pending;
    this.#last = event.pid;
    const number = ERROR.exec(result)?.[1];
    const errno = number === undefined ? undefined : ERRNO_NAMES.get(Number(number));
    const value = result.split(' ')[0] ?? '';
    const shown = errno === undefined ? value : `-1 ${errno}`;
    if (isFork(event) && errno === undefined) this.#newborn += 1;
    this.events[place] = {
      ...event,
      result: value,
      ...(errno === undefined ? {} : { errno }),
      text: `${event.text} = ${shown}`,
    };
  }
}

/**
 * Reads what QEMU's user-mode emulation logs with `-d strace`, all processes into one stream. It writes a call and
 * its result one after the other, and the lines of several processes come in between.
 */
export function parseQemuStrace(trace: string): TraceEvent[] {
  const reader = new QemuTrace();
  // Two that write at once may share a line: a new process number begins another.
  const lines = trace.replaceAll(/\)(?=\d+ \w+\()/g, ')\n').split('\n');
  for (const line of lines) reader.take(line);
  return reader.events;
}
