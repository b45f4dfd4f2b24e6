/**
 * Undoes how Linux writes what would end a word or a line, in `/proc/mounts` and the like: `\` and three octal digits
 * (fs/seq_file.c, mangle_path).
 */
export function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}
