// An ssh that connects to nobody and says nothing.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDirectory, type Caller } from './cli.ts';

/** Found before any other ssh with `env`; `waits` says whether it was started to connect. */
export function silentSsh(caller: Caller): {
  readonly env: Readonly<Record<string, string>>;
  readonly waits: () => boolean;
} {
  const bin = makeDirectory(caller, 'bin');
  const mark = join(bin, 'waits');
  const script = `#!/bin/sh\n[ "$1" = -G ] && exit 255\n: >'${mark}'\nexec sleep 1000\n`;
  writeFileSync(join(bin, 'ssh'), script, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
  return { env, waits: () => existsSync(mark) };
}
