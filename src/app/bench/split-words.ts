import { usageError } from '../../core/index.ts';

/**
 * A command's text as words, as a POSIX shell splits it: spaces outside of quotes, backslashes; nothing is
 * expanded.
 * @throws ArchParityError `USAGE` (exit 2) for quotes that are not closed, and for no word at all
 */
export function splitWords(text: string): readonly [string, ...string[]] {
  const words: string[] = [];
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/y;
  let word: string | undefined;
  while (piece.lastIndex < text.length) {
    const match = piece.exec(text);
    if (match === null) throw usageError('USAGE', `The quotes of "${text}" are not closed.`);
    const [whole, single, double, escaped, plain] = match;
    const part = single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain;
    if (part !== undefined) word = (word ?? '') + part;
    else if (word !== undefined && whole !== '') {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  const [first, ...rest] = words;
  if (first === undefined) throw usageError('USAGE', 'A command is empty.');
  return [first, ...rest];
}
