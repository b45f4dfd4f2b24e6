import type { OptionTable } from './command.ts';

/**
 * Writes out what yargs would read otherwise than a shell's user means it: a flag before a word `true` or `false`
 * gets its value, for that word is a command (`bench --json true`); and the value behind a short option stands
 * apart from it (`-nNAME`, of which yargs makes `-n -N -A -M -E`).
 */
export function separateFlags(table: OptionTable, words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.flatMap((word, index) => {
    if (end !== -1 && index > end) return [word];
    const next = words[index + 1];
    if ((next === 'true' || next === 'false') && endsInFlag(table, word)) return [`${word}=true`];
    return separateValue(table, word);
  });
}

/** Whether a word is `--flag`, or short options of which the last is a flag. */
function endsInFlag(table: OptionTable, word: string): boolean {
  const [, long, short] = /^(?:--([\w-]+)|-\w*(\w))$/.exec(word) ?? [];
  if (long !== undefined) return Object.hasOwn(table, long) && table[long]?.type === 'boolean';
  if (short === undefined) return false;
  return Object.values(table).some(({ alias, type }) => type === 'boolean' && alias === short);
}

/** POSIX, Utility Syntax Guidelines 5 and 6: flags may stand together, and what follows an option is its value. */
function separateValue(table: OptionTable, word: string): string[] {
  const [, letters] = /^-(\w.*)$/s.exec(word) ?? [];
  if (letters === undefined) return [word];
  for (let at = 0; at < letters.length - 1; at += 1) {
    const option = Object.values(table).find(({ alias }) => alias === letters[at]);
    if (option === undefined) return [word];
    if (option.type === 'boolean') continue;
    // `-n=NAME` is read as it is.
    if (letters[at + 1] === '=') return [word];
    return [`-${letters.slice(0, at + 1)}`, letters.slice(at + 1)];
  }
  return [word];
}
