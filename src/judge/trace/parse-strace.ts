import { splitArguments, type TraceEvent } from './trace-event.ts';

const LINE = /^(\d+)\s+(.*)$/;
const CALL = /^(\w+)\((.*)\)\s+=\s(.*)$/;
const UNFINISHED = /^(\w+)\((.*?)<unfinished \.\.\.>$/;
const RESUMED = /^<\.\.\. (\w+) resumed>(.*)$/;
const SIGNAL = /^--- (SIG\w+) (.*) ---$/;
const ERROR = /^-1 (E[A-Z0-9]+)/;

function readCall(pid: number, text: string): TraceEvent | undefined {
  const [, name, args, result] = CALL.exec(text) ?? [];
  if (name === undefined || args === undefined || result === undefined) return undefined;
  const errno = ERROR.exec(result)?.[1];
  const value = result.split(' ')[0] ?? '';
  return {
    pid,
    kind: 'call',
    name,
    args: splitArguments(args),
    // `?` is what strace writes for a call that never returned.
    ...(value === '?' ? {} : { result: value }),
    ...(errno === undefined ? {} : { errno }),
    text: text.replace(/\)\s+= /, ') = '),
  };
}

/** Reads what `strace -f -o FILE` wrote. Calls that others interrupted are put together again. */
export function parseStrace(trace: string): TraceEvent[] {
  const events: (TraceEvent | undefined)[] = [];
  const unfinished = new Map<number, { readonly place: number; readonly begun: string }>();
  for (const line of trace.split('\n')) {
    const [, process, text] = LINE.exec(line) ?? [];
    if (process === undefined || text === undefined) continue;
    const pid = Number(process);
    const [, name, begun] = UNFINISHED.exec(text) ?? [];
    if (name !== undefined && begun !== undefined) {
      const own = `${name}(${begun.trimEnd()}`;
      unfinished.set(pid, { place: events.length, begun: own });
      events.push({
        pid,
        kind: 'call',
        name,
        args: splitArguments(begun),
        text: own,
      });
      continue;
    }
    const rest = RESUMED.exec(text)?.[2];
    const before = unfinished.get(pid);
    if (rest !== undefined && before !== undefined) {
      unfinished.delete(pid);
      // It stands where it began.
      events[before.place] =
        readCall(pid, `${before.begun}${rest.startsWith(')') ? '' : ' '}${rest}`) ??
        events[before.place];
      continue;
    }
    const [, signal, facts] = SIGNAL.exec(text) ?? [];
    if (signal === undefined) events.push(readCall(pid, text));
    else events.push({ pid, kind: 'signal', name: signal, args: [facts ?? ''], text });
  }
  return events.filter((event) => event !== undefined);
}
