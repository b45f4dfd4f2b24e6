import { describe, expect, it } from 'vitest';
import { readUlimits } from '../../../../src/lanes/docker/read-ulimits.ts';

describe('readUlimits', () => {
  it('reads what docker can set, as the kernel tells it', () => {
    const text = [
      'Limit                     Soft Limit           Hard Limit           Units     ',
      'Max cpu time              unlimited            unlimited            seconds   ',
      'Max stack size            8388608              unlimited            bytes     ',
      'Max open files            1024                 1048576              files     ',
      'Max address space         unlimited            unlimited            bytes     ',
      'Max nice priority         0                    0                    ',
      '',
    ].join('\n');
    expect(readUlimits(text)).toEqual([
      'cpu=-1:-1',
      'stack=8388608:-1',
      'nofile=1024:1048576',
      'nice=0:0',
    ]);
  });
});
