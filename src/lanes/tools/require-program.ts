import {
  ArchParityError,
  ExitCode,
  usageError,
  type CaseDefinition,
  type Subject,
} from '../../core/index.ts';
import { createHeadReader } from '../../image/index.ts';

function needsProgram(what: string) {
  return usageError(
    'GDB_NEEDS_PROGRAM',
    `The case starts ${what}, and a debugger needs a program of the subject.`,
    'Write a case that starts the program itself, or look around with --shell.',
  );
}

/** @throws ArchParityError `GDB_NEEDS_PROGRAM` (exit 2) for a script, by its name in the case and its file here */
export function requireElf(name: string, file: string | undefined): void {
  if (file === undefined || createHeadReader()(file)?.startsWith('\x7fELF') === true) return;
  throw needsProgram(`${name}, which is a script`);
}

/** A command of the machine beside a binary is none. */
function requireOwnProgram(subject: Subject, command: CaseDefinition['command']): void {
  if (subject.kind === 'image' || command.kind === 'subject') return;
  throw needsProgram('a command of the machine');
}

/**
 * An emulator sees nothing of what a command of this machine asks of the kernel.
 * @throws ArchParityError `TRACE_NEEDS_PROGRAM` (exit 2)
 */
export function requireTraceable(subject: Subject, command: CaseDefinition['command']): void {
  if (subject.kind === 'image' || command.kind === 'subject') return;
  throw usageError(
    'TRACE_NEEDS_PROGRAM',
    'The case starts a command of this machine, and QEMU traces the programs that it emulates alone.',
    'Trace it on a machine that is arm64 throughout: --lane vm',
  );
}

/**
 * What a command that is to be debugged must be like.
 * @throws ArchParityError `GDB_NEEDS_NETWORK`, `GDB_NEEDS_PROGRAM` (exit 2)
 */
export function requireDebuggable({
  command,
  network,
  subject,
}: {
  readonly command: CaseDefinition['command'];
  readonly network: 'none' | 'host';
  readonly subject: Subject;
}): void {
  requireOwnNetwork(network);
  requireOwnProgram(subject, command);
}

function requireOwnNetwork(network: 'none' | 'host'): void {
  if (network === 'none') return;
  throw new ArchParityError({
    code: 'GDB_NEEDS_NETWORK',
    message:
      'The case has the network of the machine, in which anybody could speak to its debugger.',
    advice: 'Debug a case without "network: host".',
    exitCode: ExitCode.usage,
  });
}
