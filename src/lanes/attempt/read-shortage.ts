import type { ShortageReport } from '../../agent/index.ts';
import type { InfraFailure } from '../../core/index.ts';

/** Code of an attempt for which the machine had no memory left. */
export const MACHINE_SHORTAGE = 'VM_OUT_OF_MEMORY';

/** A process of a case had to end because others, or it, took all the memory of the machine. */
export function machineShortage(shortage: ShortageReport | undefined): InfraFailure | undefined {
  if (shortage === undefined || shortage.killed === 0 || shortage.memoryLimit > 0) return undefined;
  return {
    code: MACHINE_SHORTAGE,
    message: 'The microVM ran out of memory, and its kernel ended a process of this case.',
    advice: 'Give it more: --lane vm,memory=2G',
  };
}

/** What the limits of a case did to it, for people. */
export function shortageNotes(shortage: ShortageReport | undefined): string[] {
  if (shortage === undefined) return [];
  const { killed, memoryLimit, pidsLimit } = shortage;
  const ended = killed === 0 ? '' : `, and the kernel ended ${String(killed)} of its processes`;
  return [
    ...(memoryLimit === 0 ? [] : [`its limit of memory was reached${ended}`]),
    ...(pidsLimit === 0 ? [] : ['its limit of processes was reached']),
  ];
}
