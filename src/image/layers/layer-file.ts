import type { ElfFacts } from '../read-elf.ts';
import type { PlacedEntry } from './layer-root.ts';

/** One entry of a layer's tar, with what the audit needs of its content. */
export interface LayerFile extends PlacedEntry {
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** The first bytes of a script or ELF file as Latin-1; empty for all else. */
  readonly head: string;
  /** Its headers; absent for what is no ELF file, and for a damaged one. */
  readonly elf?: ElfFacts;
}
