// A program of a tool's name that writes something and does not end.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes one, and gives the directory to put into PATH. */
export function makeHangingTool(directory: string, name: string): string {
  const bin = join(directory, 'hanging');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, name), '#!/bin/sh\ntouch begun\nsleep 1000 & wait\n', { mode: 0o755 });
  return bin;
}
