import type { ReadEntry } from 'tar';
import type { ImageLayer } from '../image-index.ts';
import { readElfSource, type ElfFacts } from '../read-elf.ts';
import { scanLayer } from '../scan-layer.ts';
import type { LayerFile } from './layer-file.ts';
import type { PathBudget } from './path-budget.ts';
import { keepPassingBytes, type PassingBytes } from './passing-bytes.ts';

/** A `#!` line is cut there by Linux (BINPRM_BUF_SIZE). */
const HEAD_BYTES = 256;
const MAX_TEXT_BYTES = 64 * 1024;
/** What says where a loader looks for libraries: ld.so(8), musl's `ldso/dynlink.c`. */
const LOADER_TEXT = /(?:^|\/)etc\/(?:ld\.so\.conf(?:\.d\/[^/]+)?|ld-musl-[^/]+\.path)$/;

/**
 * Reads a layer once from front to back without writing anything: its entries, the headers of ELF files,
 * the first line of scripts. Digest, size and diff id are verified on the way.
 *
 * @param path - the blob
 * @throws ArchParityError `IMAGE_TOO_BIG` (exit 2), and those of `scanLayer`
 */
export async function readLayer(
  path: string,
  {
    layer,
    diffId,
    budget,
  }: { readonly layer: ImageLayer; readonly diffId: string; readonly budget: PathBudget },
): Promise<LayerFile[]> {
  const files: LayerFile[] = [];
  await scanLayer(path, {
    layer,
    diffId,
    onEntry: (entry) => {
      budget.spend();
      collectEntry(entry, (file) => files.push(file));
      return undefined;
    },
  });
  return files;
}

function collectEntry(entry: ReadEntry, add: (file: LayerFile) => void): void {
  const plain: LayerFile = {
    path: entry.path,
    type: entry.type,
    mode: (entry.mode ?? 0) & 0o7777,
    size: entry.size,
    head: '',
    ...(entry.linkpath === undefined ? {} : { linkPath: entry.linkpath }),
  };
  if (entry.size === 0 || !/^(?:Old|Contiguous)?File$/.test(entry.type)) {
    add(plain);
    return;
  }
  let bytes: PassingBytes | undefined;
  let head: string | undefined;
  const isText = entry.size <= MAX_TEXT_BYTES && LOADER_TEXT.test(entry.path);
  entry.on('data', (chunk: Buffer) => {
    if (head === undefined) {
      // The parser works on blocks of 512 bytes, so a first line is never cut.
      head = chunk.toString('latin1', 0, HEAD_BYTES);
      if (head.startsWith('\x7fELF') || isText) bytes = keepPassingBytes(entry.path, entry.size);
    }
    bytes?.push(chunk);
  });
  entry.on('end', () => {
    const elf = bytes === undefined || isText ? undefined : tryReadElf(bytes);
    add({
      ...plain,
      head: head !== undefined && /^(?:#!|\x7fELF)/.test(head) ? head : '',
      ...(elf === undefined ? {} : { elf }),
      ...(isText && bytes !== undefined
        ? { text: bytes.source.read(0, MAX_TEXT_BYTES).toString('utf8') }
        : {}),
    });
  });
}

function tryReadElf({ source }: PassingBytes): ElfFacts | undefined {
  try {
    return readElfSource(source);
  } catch {
    return undefined;
  }
}
