import { readFileSync } from 'node:fs';

/** The text of a file; `undefined` where it is not there, or may not be read. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
