import {
  capturedText,
  unescapeOctal,
  type FactValue,
  type Observation,
  type PrintedFacts,
} from '../core/index.ts';

/** Reads facts out of what a command has printed; none when it did not end well. */
export function readPrintedFacts(
  { stdout, termination }: Pick<Observation, 'stdout' | 'termination'>,
  printed: PrintedFacts,
): Readonly<Record<string, FactValue>> {
  if (termination.kind !== 'exit' || termination.code !== 0) return {};
  const text = capturedText(stdout);
  return printed.format === 'value' ? { value: text.trim() } : readMount(text, printed.mountpoint);
}

/** Source: proc_pid_mountinfo(5). Of several mounts at one place the last one counts. */
function readMount(text: string, mountpoint: string): Readonly<Record<string, FactValue>> {
  const lines = text.split('\n').map((line) => line.split(' '));
  const fields = lines.findLast((words) => unescapeOctal(words[4] ?? '') === mountpoint);
  if (fields === undefined) return { exists: false };
  const behind = fields.slice(fields.indexOf('-') + 1);
  return {
    exists: true,
    opts: (fields[5] ?? '').split(','),
    filesystem: behind[0] ?? '',
    source: unescapeOctal(behind[1] ?? ''),
    'vfs-opts': (behind[2] ?? '').split(','),
  };
}
