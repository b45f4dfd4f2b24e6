import { describe, expect, it } from 'vitest';
import { parseLaneSpec } from '../../../../src/lanes/lane-spec.ts';
import { readVmSettings } from '../../../../src/lanes/vm/vm-settings.ts';

const read = (text: string): object => readVmSettings(parseLaneSpec(text));

describe('readVmSettings', () => {
  it.each([
    ['vm', { pages: '4k', memoryMb: 1024, cpus: 2 }],
    ['vm,pages=16k,memory=2G,smp=4', { pages: '16k', memoryMb: 2048, cpus: 4 }],
    ['vm,memory=512M,cpu=max,pauth=off', { memoryMb: 512, cpu: 'max,pauth=off' }],
    ['vm,kernel=/k,initrd=/i', { kernel: '/k', initrd: '/i' }],
  ])('reads %s', (text, expected) => {
    expect(read(text)).toMatchObject(expected);
  });

  it.each(['vm,memory=much', 'vm,memory=1M', 'vm,smp=0', 'vm,smp=two', 'vm,initrd=/i'])(
    'refuses %s',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'LANE_SETTING_INVALID' }));
    },
  );
});
