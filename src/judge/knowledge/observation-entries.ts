import { capturedText } from '../../core/index.ts';
import { splitLines, stripNewline } from '../visible-text.ts';
import { endedBy } from './ended-by.ts';
import type { ObservationEntry, Witness } from './knowledge-entry.ts';

/** What is recognised by two observations as wholes: how the processes ended, in which order they said things. */
export const OBSERVATION_ENTRIES: readonly ObservationEntry[] = [
  {
    id: 'division-by-zero',
    title: 'Integer division by zero is SIGFPE on x86 and gives 0 on arm64',
    cause: 'architecture',
    advice: 'Check the divisor: C leaves the result undefined.',
    source: 'Arm ARM, SDIV; Intel SDM, IDIV',
    explains: ({ base, suspect }) =>
      base.info.platform !== suspect.info.platform &&
      endedBy(base.observation.termination, 'SIGFPE') !==
        endedBy(suspect.observation.termination, 'SIGFPE'),
  },
  {
    id: 'reversed-environment',
    title: 'QEMU 7.2 hands the environment over in reverse order',
    cause: 'emulator',
    advice: 'Sort what env prints, or upgrade QEMU.',
    qemu: '7.2; 10 keeps the order',
    source: 'archparity probe environment',
    explains: ({ base, suspect }) =>
      suspect.info.kind === 'emulated' && isReversedEnvironment(linesOf(base), linesOf(suspect)),
  },
];

function linesOf({ observation }: Witness): string[] {
  return splitLines(capturedText(observation.stdout)).map(stripNewline);
}

/** Whether two texts differ in nothing but a block of `NAME=value` lines, which is upside down. */
function isReversedEnvironment(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  const from = left.findIndex((line, index) => line !== right[index]);
  const to = left.findLastIndex((line, index) => line !== right[index]);
  if (from < 0) return false;
  const block = left.slice(from, to + 1);
  return (
    block.every((line) => /^[A-Za-z_][A-Za-z0-9_]*=/.test(line)) &&
    block.toReversed().every((line, index) => line === right[from + index])
  );
}
