/** System V gABI, chapter 4: `SHT_NOBITS` takes no room in the file. */
const SHT_NOBITS = 8;
const HEADER_BYTES = 64;
const ENTRY_BYTES = 64;

/** One section, with what names it. */
export interface ElfSection {
  readonly type: number;
  /** Offset and length of its content in the file. */
  readonly start: number;
  readonly length: number;
  readonly nameAt: number;
}

/** The section headers of a 64-bit little-endian ELF file; none of any other. */
export function listSections(content: Buffer): ElfSection[] {
  const isKnown =
    content.length > HEADER_BYTES &&
    content.toString('latin1', 0, 4) === '\x7fELF' &&
    content[4] === 2 &&
    content[5] === 1;
  if (!isKnown) return [];
  const table = Number(content.readBigUInt64LE(40));
  const [size, count] = [content.readUInt16LE(58), content.readUInt16LE(60)];
  const sections: ElfSection[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = table + index * size;
    if (at + ENTRY_BYTES > content.length) break;
    sections.push({
      nameAt: content.readUInt32LE(at),
      type: content.readUInt32LE(at + 4),
      start: Number(content.readBigUInt64LE(at + 24)),
      length: Number(content.readBigUInt64LE(at + 32)),
    });
  }
  return sections;
}

/** The sections of a program by name, with what is in each. */
export function readSections(content: Buffer): Map<string, Buffer> {
  const sections = listSections(content);
  const names = sections[content.length > HEADER_BYTES ? content.readUInt16LE(62) : 0];
  const found = new Map<string, Buffer>();
  for (const { type, start, length, nameAt } of sections) {
    if (names === undefined || type === SHT_NOBITS || length === 0) continue;
    const from = names.start + nameAt;
    const end = content.indexOf(0, from);
    const name = end < 0 ? '' : content.toString('latin1', from, end);
    if (name !== '') found.set(name, content.subarray(start, start + length));
  }
  return found;
}
