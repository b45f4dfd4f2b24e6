import { describe, expect, it } from 'vitest';
import { ContainerLog } from '../../../../src/run/service/container-log.ts';

describe('ContainerLog', () => {
  it('tells whole lines of both streams, however they are cut', () => {
    const lines: string[] = [];
    const log = new ContainerLog((line) => lines.push(line));
    const text = Buffer.from('grüße\r\nsecond\nthi');
    for (const byte of text) log.listen('stdout', Buffer.from([byte]));
    log.listen('stderr', Buffer.from('error\nrest'));
    log.listen('stdout', Buffer.from('rd\n'));
    expect(lines).toEqual(['grüße', 'second', 'error', 'third']);
    expect(log.tail()).toEqual(['grüße', 'second', 'error', 'third', 'rest']);
  });

  it('keeps the last lines, and no line without end', () => {
    const log = new ContainerLog();
    log.listen('stdout', Buffer.from(Array.from({ length: 50 }, (_, n) => `${n}\n`).join('')));
    expect(log.tail()).toEqual(Array.from({ length: 10 }, (_, n) => String(n + 40)));
    for (let round = 0; round < 10; round += 1) log.listen('stderr', Buffer.alloc(100_000, 'x'));
    expect(log.tail().at(-1)).toHaveLength(64 * 1024);
  });
});
