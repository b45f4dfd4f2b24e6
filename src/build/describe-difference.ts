import { readElf, type ElfFacts } from '../image/index.ts';
import { readSections } from './elf-sections.ts';

const SHOWN_SECTIONS = 5;
const SHOWN_CHARACTERS = 60;
const TEXT_BYTES = 1024 * 1024;

/** Where two contents differ, in words: that is where the reason is to be looked for. */
export function describeDifference(left: Buffer, right: Buffer): string {
  return describePrograms(left, right) ?? describeTexts(left, right) ?? describeBytes(left, right);
}

function readFacts(content: Buffer): ElfFacts | undefined {
  try {
    return readElf(content);
  } catch {
    // No program, or a damaged one: its bytes are compared.
    return undefined;
  }
}

function describePrograms(left: Buffer, right: Buffer): string | undefined {
  const [a, b] = [readFacts(left), readFacts(right)];
  if (a === undefined || b === undefined) return undefined;
  if (a.machine !== b.machine || a.bits !== b.bits)
    return `built for ${nameMachine(a)} and for ${nameMachine(b)}`;
  const [x, y] = [readSections(left), readSections(right)];
  const names = [...new Set([...x.keys(), ...y.keys()])].filter((name) => {
    const [one, other] = [x.get(name), y.get(name)];
    return one === undefined || other === undefined || !one.equals(other);
  });
  if (names.length === 0) return undefined;
  const shown = names.slice(0, SHOWN_SECTIONS).join(', ');
  const more =
    names.length > SHOWN_SECTIONS ? ` and ${String(names.length - SHOWN_SECTIONS)} more` : '';
  return `the sections ${shown}${more} differ${explainSections(new Set(names))}`;
}

function nameMachine({ platform, machine }: ElfFacts): string {
  return platform ?? `ELF machine ${String(machine)}`;
}

/** What a compiler's work shows in; the others only follow from it. */
function explainSections(names: ReadonlySet<string>): string {
  if (names.has('.text'))
    return ': other code, as of another compiler, other flags or other sources';
  if (names.has('.comment')) return ': another version of the compiler';
  if (names.has('.rodata')) return ': other constants, such as paths, times or versions';
  return '';
}

function describeTexts(left: Buffer, right: Buffer): string | undefined {
  const isText = (content: Buffer): boolean =>
    content.length <= TEXT_BYTES && !content.subarray(0, 8192).includes(0);
  if (!isText(left) || !isText(right)) return undefined;
  const [a, b] = [left.toString().split('\n'), right.toString().split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  const line = at < 0 ? a.length : at;
  const shorten = (text: string | undefined): string =>
    text === undefined ? 'nothing' : JSON.stringify(text.slice(0, SHOWN_CHARACTERS));
  return `line ${String(line + 1)}: ${shorten(a[line])} | ${shorten(b[line])}`;
}

function describeBytes(left: Buffer, right: Buffer): string {
  const end = Math.min(left.length, right.length);
  let at = 0;
  while (at < end && left[at] === right[at]) at += 1;
  return `from byte ${String(at)} on`;
}
