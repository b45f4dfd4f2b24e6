/** What a file is by its first bytes, when it is not a Linux program. */
export interface ForeignFormat {
  /** With its article, for a sentence: `a Windows program`. */
  readonly name: string;
  readonly advice: string;
}

const MACH_O = new Set(['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe']);
/** A universal binary has few architectures; a Java class has its version (≥ 45) in that place. */
const MACH_O_FAT_MAX = 30;

/** Names the format of a file that has no ELF magic, from its first 64 bytes or more. */
export function recogniseFormat(head: Buffer): ForeignFormat | undefined {
  const hex = head.toString('hex', 0, 4);
  const is = (text: string): boolean => head.toString('latin1', 0, text.length) === text;
  if (head.length === 0) return { name: 'an empty file', advice: 'Build it again.' };
  if (is('#!')) {
    const line = (head.toString('utf8').split('\n')[0] ?? '').trim();
    return {
      name: `a script (${line})`,
      advice: 'Run its interpreter with the script as an argument.',
    };
  }
  if (is('MZ')) return { name: 'a Windows program', advice: 'Build it for Linux.' };
  if (MACH_O.has(hex)) return { name: 'a macOS program', advice: 'Build it for Linux.' };
  if (hex === 'cafebabe') {
    const isFat = head.length >= 8 && head.readUInt32BE(4) < MACH_O_FAT_MAX;
    return isFat
      ? { name: 'a macOS program', advice: 'Build it for Linux.' }
      : { name: 'a Java class', advice: 'Run it with the java of an image.' };
  }
  if (is('!<arch>\n')) {
    return { name: 'a library archive or Debian package', advice: 'Name a program in it.' };
  }
  if (hex.startsWith('1f8b')) return { name: 'a gzip file', advice: 'Unpack it first.' };
  if (hex === '28b52ffd') return { name: 'a zstd file', advice: 'Unpack it first.' };
  if (hex === 'fd377a58') return { name: 'an xz file', advice: 'Unpack it first.' };
  if (is('PK\x03\x04')) return { name: 'a zip or jar file', advice: 'Unpack it first.' };
  if (is('\0asm')) return { name: 'a WebAssembly module', advice: 'Build it for Linux.' };
  return undefined;
}
