import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The line of a user in `/etc/subuid` or `/etc/subgid` (subuid(5)). */
export function subordinateIds(
  file: '/etc/subuid' | '/etc/subgid',
  uid: number,
): { readonly start: number; readonly count: number } {
  const name = execFileSync('id', ['-un', String(uid)], { encoding: 'utf8' }).trim();
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`${name} has no line in ${file}`);
  const [, start, count] = line.split(':');
  return { start: Number(start), count: Number(count) };
}
