import { statIfThere } from '../store/index.ts';

/** Whether a word names a regular file that is there. */
export function isFile(word: string): boolean {
  return statIfThere(word)?.isFile() === true;
}
