/** Who wrote a trace: strace(1), or the `-strace` of QEMU's user-mode emulation. */
export type TraceFormat = 'strace' | 'qemu';

/** The system calls of the processes of an attempt, as the lane's tracer wrote them. */
export interface SystemCallTrace {
  readonly format: TraceFormat;
  readonly text: string;
  /** There was more than is kept. */
  readonly truncated: boolean;
  /** Process number of the command, where the trace holds others, too. */
  readonly root?: number;
}
