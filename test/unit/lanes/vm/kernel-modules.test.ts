import { describe, expect, it } from 'vitest';
import {
  allDependencies,
  moduleName,
  readDependencies,
  stripSignature,
} from '../../../../src/lanes/vm/kernel-modules.ts';

describe('kernel modules', () => {
  it('have one name, however it is written and packed', () => {
    expect(moduleName('kernel/drivers/char/virtio-rng.ko.xz')).toBe('virtio_rng');
    expect(moduleName('ext4.ko')).toBe('ext4');
  });

  it.each([
    ['\0depends=jbd2,mbcache\0name=ext4\0', ['jbd2', 'mbcache']],
    ['\0depends=\0', []],
    ['nothing', []],
  ])('say what they need: %j', (text, expected) => {
    expect(readDependencies(Buffer.from(text))).toEqual(expected);
  });

  it('lose the signature behind them, and nothing else', () => {
    const info = Buffer.alloc(12);
    info.writeUInt32BE(5, 8);
    const end = Buffer.from('~Module signature appended~\n');
    const signed = Buffer.concat([Buffer.from('module'), Buffer.from('12345'), info, end]);
    expect(stripSignature(signed).toString()).toBe('module');
    expect(stripSignature(Buffer.from('module')).toString()).toBe('module');
  });

  it('list what has to be loaded first last, each once', () => {
    const direct = new Map([
      ['ext4', ['jbd2', 'crc16', 'built_in']],
      ['jbd2', ['crc32c', 'crc16']],
      ['crc16', []],
      ['crc32c', ['crypto']],
      ['crypto', []],
    ]);
    const order = allDependencies('ext4', direct).toReversed();
    expect(new Set(order)).toEqual(new Set(['jbd2', 'crc16', 'crc32c', 'crypto']));
    expect(order.indexOf('crypto')).toBeLessThan(order.indexOf('crc32c'));
    expect(order.indexOf('crc32c')).toBeLessThan(order.indexOf('jbd2'));
  });
});
