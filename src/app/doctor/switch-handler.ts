import { join } from 'node:path';
import { BINFMT_DIRECTORY } from '../../lanes/index.ts';
import { quoteCommand } from '../../process/index.ts';
import type { Fix } from './check.ts';

function writeCommand(name: string, value: '1' | '-1'): string {
  return `echo ${value} | sudo ${quoteCommand(['tee', join(BINFMT_DIRECTORY, name)])}`;
}

/** Switches an entry on, or the whole table: `status`. */
export function switchOnFix(name: string): Fix {
  const file = join(BINFMT_DIRECTORY, name);
  return {
    text: 'Switch it on.',
    command: writeCommand(name, '1'),
    safe: ['sh', '-c', 'echo 1 > "$1"', 'sh', file],
  };
}

/** Removes an entry. Somebody made it, so that this is never done unasked. */
export function removeCommand(name: string): string {
  return writeCommand(name, '-1');
}
