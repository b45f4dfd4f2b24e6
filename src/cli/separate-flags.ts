import type { OptionTable } from './command.ts';

/**
 * Gives flags their value where a word `true` or `false` follows: yargs would take that for the flag's
 * value, and it is a command (`bench --json true`).
 */
export function separateFlags(table: OptionTable, words: readonly string[]): string[] {
  const end = words.indexOf('--');
  return words.map((word, index) => {
    const next = words[index + 1];
    const isAmbiguous = (next === 'true' || next === 'false') && (end === -1 || index < end);
    return isAmbiguous && endsInFlag(table, word) ? `${word}=true` : word;
  });
}

/** Whether a word is `--flag`, or short options of which the last is a flag. */
function endsInFlag(table: OptionTable, word: string): boolean {
  const [, long, short] = /^(?:--([\w-]+)|-\w*(\w))$/.exec(word) ?? [];
  if (long !== undefined) return Object.hasOwn(table, long) && table[long]?.type === 'boolean';
  if (short === undefined) return false;
  return Object.values(table).some(({ alias, type }) => type === 'boolean' && alias === short);
}
