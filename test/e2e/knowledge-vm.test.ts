// The entries of the knowledge base that show only on kernels other than this machine's.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeArm32Uname } from '../setup/arm32-uname.ts';
import { compileProgram } from '../setup/compile-program.ts';
import { anyCaller, image, machine, program } from './cli.ts';
import { expectedOf, explainAll, type Where } from './explain-all.ts';
import type { Place } from './provocations.ts';
import { callersWithGuests } from './vm-callers.ts';

const caller = callersWithGuests().at(-1) ?? anyCaller;

const WHERE: readonly (readonly [Place, () => Where])[] = [
  [
    'real arm64 kernel',
    () => ({
      lanes: ['native', 'vm'],
      subject: ['--image', image('debian-tools')],
      fill: (directory) => copyFileSync(program('hello', 'amd64'), join(directory, 'hello')),
    }),
  ],
  [
    'two page sizes',
    () => ({
      lanes: ['vm', 'vm,pages=16k'],
      subject: ['--image', image('debian-tools')],
      fill: (directory) => {
        const flags = ['-shared', '-fPIC', '-nostdlib', '-Wl,-z,max-page-size=4096'];
        const library = compileProgram('small-pages', 'arm64', machine.directory, flags);
        copyFileSync(library, join(directory, 'small-pages.so'));
      },
    }),
  ],
  [
    '32-bit arm',
    () => {
      const uname = join(machine.directory, `uname-arm32-${process.pid}`);
      writeArm32Uname(uname);
      return {
        lanes: ['emulated,platform=linux/arm/v7', 'vm'],
        subject: [
          ...['--binary', `linux/arm/v7=${uname}`],
          ...['--binary', `linux/arm64=${program('hello')}`],
        ],
        fill: (directory) => copyFileSync(uname, join(directory, 'uname')),
      };
    },
  ],
];

describe('with other kernels the knowledge base explains', () => {
  it.each(WHERE)('%s', { timeout: 300_000 }, async (place, where) => {
    expect(await explainAll(caller, place, where())).toEqual(expectedOf(place));
  });
});
