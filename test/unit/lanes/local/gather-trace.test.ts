import { describe, expect, it } from 'vitest';
import { TRACE_END, TraceGatherer } from '../../../../src/lanes/local/gather-trace.ts';

const TRACE = '7 write(1,0x4000,6) = 6\n';
const whole = Buffer.from(`${TRACE}${TRACE_END}`);

describe('TraceGatherer', () => {
  it('sees the end of a trace wherever it is split', () => {
    for (let at = 1; at < whole.length; at += 1) {
      const gatherer = new TraceGatherer(1000);
      const pieces = [whole.subarray(0, at), whole.subarray(at)];
      expect(pieces.map((piece) => gatherer.push(piece))).toEqual([false, true]);
      expect(gatherer.trace).toEqual({ format: 'qemu', text: TRACE, truncated: false });
    }
  });

  it('sees it byte by byte, and behind what is no longer kept', () => {
    const gatherer = new TraceGatherer(TRACE.length);
    const ends = [...whole].map((byte) => gatherer.push(Buffer.of(byte)));
    expect(ends.indexOf(true)).toBe(whole.length - 1);
    expect(gatherer.trace).toEqual({ format: 'qemu', text: TRACE, truncated: true });
  });
});
