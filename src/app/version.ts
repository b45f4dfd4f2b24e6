import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version in our package.json, found upwards from `start`. */
export function readVersion(start: string = dirname(fileURLToPath(import.meta.url))): string {
  for (let directory = start; ; directory = dirname(directory)) {
    const found = readVersionIn(directory);
    if (found !== undefined) return found;
    if (directory === dirname(directory)) return 'unknown';
  }
}

function readVersionIn(directory: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(join(directory, 'package.json'), 'utf8');
  } catch {
    return undefined;
  }
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { name, version } = parsed as Readonly<Record<string, unknown>>;
  return name === 'archparity' && typeof version === 'string' ? version : undefined;
}
