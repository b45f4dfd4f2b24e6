import type { Termination } from '../../core/index.ts';

/** Linux signal numbers that a shell adds to 128 and that an entry may name (signal(7)). */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGSEGV: 11,
};

/**
 * Whether a process ended by an exit code (number), a signal by name (also reported by a shell as
 * 128+N) or an errno of exec by name. A deadline is none of them.
 */
export function endedBy(termination: Termination, end: number | string): boolean {
  switch (termination.kind) {
    case 'exit': {
      if (typeof end === 'number') return termination.code === end;
      const number = SIGNAL_NUMBERS[end];
      return number !== undefined && termination.code === 128 + number;
    }
    case 'signal':
      return termination.signal === end;
    case 'timeout':
      return false;
    case 'not-started':
      return termination.errno === end;
  }
}
