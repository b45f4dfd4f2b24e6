import { listSections } from './elf-sections.ts';

/** Something in a file that differs from build to build and says nothing of how it was built. */
interface ContentNormaliser {
  /** What it hides, as a report names it. */
  readonly name: string;
  /** The content without it, or `undefined` when the file has no such thing. */
  readonly apply: (content: Buffer) => Buffer | undefined;
}

/** ELF note names and types: elf(5); `NT_GNU_BUILD_ID` is 3. */
const SHT_NOTE = 7;
const NT_GNU_BUILD_ID = 3;

/** Fills the build id with zeros: a hash of the link, which differs as soon as a path or a time does. */
function hideBuildId(content: Buffer): Buffer | undefined {
  let hidden: Buffer | undefined;
  for (const { type, start, length } of listSections(content)) {
    if (type !== SHT_NOTE || start + Math.max(length, 16) > content.length) continue;
    const nameBytes = content.readUInt32LE(start);
    const bytes = content.readUInt32LE(start + 4);
    const isBuildId =
      content.readUInt32LE(start + 8) === NT_GNU_BUILD_ID &&
      content.toString('latin1', start + 12, start + 15) === 'GNU';
    const data = start + 12 + Math.ceil(nameBytes / 4) * 4;
    if (!isBuildId || data + bytes > content.length) continue;
    hidden ??= Buffer.from(content);
    hidden.fill(0, data, data + bytes);
  }
  return hidden;
}

/** RFC 1952: MTIME is bytes 4 to 7 of a gzip member. */
function hideGzipTime(content: Buffer): Buffer | undefined {
  if (content.length < 18 || content[0] !== 0x1f || content[1] !== 0x8b) return undefined;
  const hidden = Buffer.from(content);
  hidden.fill(0, 4, 8);
  return hidden;
}

/** ar(5): each member's header has its time in bytes 16 to 27. */
function hideArchiveTimes(content: Buffer): Buffer | undefined {
  if (content.toString('latin1', 0, 8) !== '!<arch>\n') return undefined;
  const hidden = Buffer.from(content);
  for (let at = 8; at + 60 <= hidden.length;) {
    hidden.fill(0x20, at + 16, at + 28);
    const size = Number(hidden.toString('latin1', at + 48, at + 58).trim());
    if (!Number.isInteger(size) || size < 0) break;
    at += 60 + size + (size % 2);
  }
  return hidden;
}

/** PEP 552: the source's time is bytes 8 to 11 of a .pyc whose flags (4 to 7) are 0. */
function hidePycTime(content: Buffer): Buffer | undefined {
  if (content.length < 16 || content[2] !== 0x0d || content[3] !== 0x0a) return undefined;
  if (content.readUInt32LE(4) !== 0) return undefined;
  const hidden = Buffer.from(content);
  hidden.fill(0, 8, 12);
  return hidden;
}

const DATES: readonly RegExp[] = [
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z| ?[+-]\d\d:?\d\d)?/g,
  /(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:\d{1,2} +)?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: +\d{1,2})?[ \d:]*(?:[A-Z]{2,5} ?)?(?:\d{4})?(?: ?[+-]\d{4})?/g,
  /(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d{4}(?: \d\d:\d\d:\d\d)?/g,
];
const TEXT_BYTES = 1024 * 1024;

function hideDates(content: Buffer): Buffer | undefined {
  if (content.length > TEXT_BYTES || content.subarray(0, 8192).includes(0)) return undefined;
  const text = content.toString('latin1');
  const hidden = DATES.reduce((current, date) => current.replace(date, '{time}'), text);
  return hidden === text ? undefined : Buffer.from(hidden, 'latin1');
}

const NORMALISERS: readonly ContentNormaliser[] = [
  { name: 'build id', apply: hideBuildId },
  { name: 'time in a gzip header', apply: hideGzipTime },
  { name: 'times in an archive', apply: hideArchiveTimes },
  { name: 'time of the source in Python bytecode', apply: hidePycTime },
  { name: 'times in text', apply: hideDates },
];

/**
 * By which normalisers two contents become equal; `undefined` when they stay different.
 */
export function explainContents(left: Buffer, right: Buffer): string | undefined {
  const names: string[] = [];
  let [a, b] = [left, right];
  for (const { name, apply } of NORMALISERS) {
    const [hiddenA, hiddenB] = [apply(a), apply(b)];
    if (hiddenA === undefined || hiddenB === undefined) continue;
    [a, b] = [hiddenA, hiddenB];
    names.push(name);
    if (a.equals(b)) return names.at(-1);
  }
  return undefined;
}
