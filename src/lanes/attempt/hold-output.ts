import type { OutputStream } from '../../agent/index.ts';

type Take = (stream: 'stdout' | 'stderr', data: Buffer) => void;

/** Output that is kept back until it may be shown. */
export interface HeldOutput {
  readonly take: (stream: OutputStream, data: Buffer) => void;
  /** Passes on what was kept, and from now on everything at once. */
  readonly release: () => void;
}

/** Keeps the output of a command back until `release`; its log is not output. */
export function holdOutput(onOutput: Take): HeldOutput {
  let held: (readonly ['stdout' | 'stderr', Buffer])[] | undefined = [];
  return {
    take: (stream, data) => {
      if (stream === 'log') return;
      if (held === undefined) onOutput(stream, data);
      else held.push([stream, data]);
    },
    release: () => {
      for (const [stream, data] of held ?? []) onOutput(stream, data);
      held = undefined;
    },
  };
}
