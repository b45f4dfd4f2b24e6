import { type Problem, quoteText } from './mistake.ts';
import { findNearest } from '../core/index.ts';

/**
 * Linux's signals by number from 1 (`include/uapi/asm-generic/signal.h`, which x86, arm, arm64,
 * riscv, ppc64le, s390x and loong64 share; mips numbers some differently, so only names are kept).
 */
export const SIGNAL_NAMES: readonly string[] = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGILL',
  'SIGTRAP',
  'SIGABRT',
  'SIGBUS',
  'SIGFPE',
  'SIGKILL',
  'SIGUSR1',
  'SIGSEGV',
  'SIGUSR2',
  'SIGPIPE',
  'SIGALRM',
  'SIGTERM',
  'SIGSTKFLT',
  'SIGCHLD',
  'SIGCONT',
  'SIGSTOP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGVTALRM',
  'SIGPROF',
  'SIGWINCH',
  'SIGIO',
  'SIGPWR',
  'SIGSYS',
];

/** Says what is wrong with a text that should be the name of a signal. */
export function findSignalProblem(text: string): Problem | undefined {
  if (SIGNAL_NAMES.includes(text)) return undefined;
  const message = `must be a signal such as SIGSEGV, not ${quoteText(text)}`;
  const upper = text.trim().toUpperCase();
  const meant = /^\d+$/.test(upper)
    ? SIGNAL_NAMES[Number(upper) - 1]
    : findNearest(upper.startsWith('SIG') ? upper : `SIG${upper}`, SIGNAL_NAMES);
  return meant === undefined
    ? { message, hint: `the signals are ${SIGNAL_NAMES.join(', ')}` }
    : { message, hint: `did you mean ${meant}?` };
}
