import type { ElfFacts } from '../read-elf.ts';

/** One entry of a layer's tar, with what the audit needs of its content. */
export interface LayerFile {
  /** As written in the tar. */
  readonly path: string;
  /** npm tar's name of the entry's type. */
  readonly type: string;
  /** Target of a link, as written. */
  readonly linkPath?: string;
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number;
  /** Bytes. */
  readonly size: number;
  /** The first bytes of a script or ELF file as Latin-1; empty for all else. */
  readonly head: string;
  /** Its headers; absent for what is no ELF file, and for a damaged one. */
  readonly elf?: ElfFacts;
  /** Content of the few files that say where libraries are. */
  readonly text?: string;
}
