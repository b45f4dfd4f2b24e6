import type { TraceReport } from '../../app/repro-trace.ts';
import { createPalette, escapeControl, plural } from '../../report/index.ts';

const MOST_LINE = 160;

function shorten(text: string): string {
  const line = escapeControl(text);
  return line.length > MOST_LINE ? `${line.slice(0, MOST_LINE)}…` : line;
}

/** The first difference between the system calls of two lanes, for people. */
export function formatTraceText(report: TraceReport, color: boolean): string {
  const palette = createPalette(color);
  const { comparison, lanes } = report;
  const [left, right] = lanes;
  const names = lanes.map(({ lane }) => escapeControl(lane.id)) as [string, string];
  const width = Math.max(...names.map((name) => name.length));
  const head = [
    palette.bold(`System calls of ${escapeControl(report.case)}`),
    ...lanes.map(({ ended, lane, trace }, side) => {
      const [events, processes] = [comparison.events[side] ?? 0, comparison.processes[side] ?? 0];
      const cut = trace.truncated ? ', cut: there were more' : '';
      const how = trace.format === 'qemu' ? 'QEMU’s -strace' : 'strace';
      return `  ${escapeControl(lane.id).padEnd(width)}  ${lane.platform}  ${shorten(ended)}, ${plural(events, 'event')} of ${processes === 1 ? 'one process' : `${String(processes)} processes`} by ${how}${cut}`;
    }),
  ];
  const { complete, differences, first } = comparison;
  if (first === undefined)
    return [...head, '', 'They ask the same of the kernel, in the same order.', ''].join('\n');
  const context = (events: typeof first.before): string[] =>
    events.map(({ left: own }) => palette.dim(`    ${shorten(own ?? '')}`));
  const side = (texts: readonly string[], sign: string, name: string): string[] =>
    texts.length === 0
      ? [`  ${sign} ${name}: nothing of the kind`]
      : texts.map((text) => `  ${sign} ${shorten(text)}`);
  const where =
    first.process === '0' ? 'the command itself' : `its child process ${first.process.slice(2)}`;
  const more = differences - 1;
  return [
    ...head,
    '',
    `They part first in ${where}, after ${plural(first.index, 'event')} that both have:   ${palette.left(`- ${names[0]}`)}  ${palette.right(`+ ${names[1]}`)}`,
    ...context(first.before),
    ...side(first.left, '-', names[0]).map((line) => palette.left(line)),
    ...side(first.right, '+', names[1]).map((line) => palette.right(line)),
    ...context(first.after),
    ...(more > 0
      ? [`… and in ${complete ? '' : 'at least '}${plural(more, 'further place')}.`]
      : []),
    ...(complete ? [] : ['The rest is too different to be aligned.']),
    ...(left.trace.format === right.trace.format
      ? []
      : ['What a call reads or writes is not compared: QEMU shows addresses for it.']),
    '',
  ].join('\n');
}
