import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ConsoleTail } from '../../../../src/lanes/vm/console-tail.ts';

describe('ConsoleTail', () => {
  it('keeps the end, tells what is new, and finds the panic', () => {
    const stream = new PassThrough();
    const tail = new ConsoleTail(stream, undefined);
    stream.write('[    0.1] first\r\n\r\n[   12.345678] Kernel panic - not syncing: sysrq\r\n');
    const { mark } = tail;
    stream.write('second\r\n');
    expect(tail.panic).toBe('Kernel panic - not syncing: sysrq');
    expect(tail.since(mark)).toBe('second\r\n');
    expect(tail.since(tail.mark)).toBe('');
    expect(tail.lastLines(2)).toBe('Kernel panic - not syncing: sysrq | second');
    stream.write('x'.repeat(20_000));
    expect(tail.since(0).length).toBeLessThan(20_000);
    expect(tail.panic).toBeUndefined();
  });
});
