import { usageError } from '../../core/index.ts';

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** `-L key v1,v2` becomes one word. */
function takeList(rest: readonly string[]): { readonly taken: number; readonly value: string } {
  const [key, values] = rest;
  if (key?.includes('=') === true) return { taken: 1, value: key };
  if (key === undefined || values === undefined)
    throw usageError('USAGE', '-L takes a name and values.', 'Write -L size 1,2,4');
  return { taken: 2, value: `${key}=${values}` };
}

/** `-P key min max [step]` becomes one word. */
function takeScan(rest: readonly string[]): { readonly taken: number; readonly value: string } {
  const [key, ...range] = rest;
  if (key?.includes('=') === true) return { taken: 1, value: key };
  const end = range.findIndex((word) => !NUMBER.test(word));
  const numbers = range.slice(0, Math.min(3, end < 0 ? range.length : end));
  if (key === undefined || numbers.length < 2)
    throw usageError(
      'USAGE',
      '-P takes a name, a minimum, a maximum and, if it is not 1, a step.',
      'Write -P threads 1 8 1',
    );
  return { taken: 1 + numbers.length, value: `${key}=${numbers.join(':')}` };
}

/**
 * Options that take several words, as hyperfine has them, made into such that take one: `-L key v1,v2`,
 * `-P key min max step`. Words after `--` are not ours.
 * @throws ArchParityError `USAGE` (exit 2)
 */
export function rewriteBenchWords(words: readonly string[]): string[] {
  const rewritten: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word === '--') return [...rewritten, ...words.slice(at)];
    const rest = words.slice(at + 1);
    if (word === '-N') rewritten.push('--no-shell');
    else if (word === '-L' || word === '--parameter-list') {
      const { taken, value } = takeList(rest);
      rewritten.push('--parameter-list', value);
      at += taken;
    } else if (word === '-P' || word === '--parameter-scan') {
      const { taken, value } = takeScan(rest);
      rewritten.push('--parameter-scan', value);
      at += taken;
    } else rewritten.push(word);
  }
  return rewritten;
}
