import { describe, expect, it } from 'vitest';
import { diskName } from '../../../../src/lanes/vm/guest-disks.ts';
import { encodeGreeting } from '../../../../src/lanes/vm/machine.ts';
import {
  escapeValue,
  machineArguments,
  qemuArguments,
} from '../../../../src/lanes/vm/qemu-arguments.ts';
import { stateUri } from '../../../../src/lanes/vm/snapshot.ts';

const common = {
  qemu: {
    path: '/usr/bin/qemu-system-aarch64',
    version: '7.2',
    cpu: 'max,pauth-impdef=on',
    accelerator: 'tcg',
    identity: '1',
  },
  settings: { pages: '4k', memoryMb: 512, cpus: 2 },
  assets: { kernel: '/k', initrd: '/i' },
} as const;

describe('the command line of a machine', () => {
  it('boots with memory that a snapshot can have, or resumes with pages of its own', () => {
    const file = '/cache/a,b';
    const boots = qemuArguments({ ...common, memory: { kind: 'shared' } });
    const resumes = qemuArguments({ ...common, memory: { kind: 'resumed', file } });
    expect(boots.join(' ')).toContain('memory-backend-memfd,id=memory,size=512M,share=on');
    expect(boots).not.toContain('-incoming');
    expect(resumes.join(' ')).toContain('mem-path=/cache/a,,b,share=off');
    expect(resumes.slice(resumes.indexOf('-incoming'))).toEqual(['-incoming', 'defer']);
    // What booted is in the memory.
    expect(boots).toEqual(expect.arrayContaining(['-kernel', '/k', '-initrd', '/i']));
    expect(resumes).not.toContain('-kernel');
  });

  it('keeps a CPU model with commas one word, and runs each processor in a thread', () => {
    const words = qemuArguments({ ...common, memory: { kind: 'private' } });
    expect(words[words.indexOf('-cpu') + 1]).toBe('max,pauth-impdef=on');
    expect(words[words.indexOf('-accel') + 1]).toBe('tcg,thread=multi');
    // QEMU's own default is TCG, which has no CPU "host".
    expect(machineArguments({ accelerator: 'kvm', cpu: 'host' }).join(' ')).toBe(
      '-machine virt,gic-version=3 -accel kvm -cpu host',
    );
  });

  it('escapes what would end a value', () => {
    expect(escapeValue('/a,b')).toBe('/a,,b');
    expect(stateUri('write', "/it's")).toMatch(/^exec:cat > .*it.*s/);
    expect(stateUri('read', '/plain')).toBe('exec:cat /plain');
  });
});

it('names disks as the kernel does', () => {
  expect([0, 25, 26, 51, 52, 701, 702].map(diskName)).toEqual([
    'sda',
    'sdz',
    'sdaa',
    'sdaz',
    'sdba',
    'sdzz',
    'sdaaa',
  ]);
});

it('greets a guest with the time in nanoseconds and entropy', () => {
  const greeting = encodeGreeting(1_700_000_000_123.5, Buffer.from([1, 2]));
  expect(greeting.readBigUInt64BE()).toBe(1_700_000_000_123_500_000n);
  expect([...greeting.subarray(8)]).toEqual([1, 2]);
});
