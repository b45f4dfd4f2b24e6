import type { Platform } from '../../core/index.ts';
import { isLoadable, type AuditedFile } from '../audit-files.ts';
import type { ElfFacts } from '../read-elf.ts';
import { SHOWN_PLACES, type FindingPlace, type ImageFinding } from './image-finding.ts';

/** Gathers what is no mistake of an image, but decides on which machines it runs and how fast. */
export interface FeatureNotes {
  addFile(file: Pick<AuditedFile, 'path' | 'mode'>, elf: ElfFacts | undefined): void;
  findings(place: (path: string) => FindingPlace): ImageFinding[];
}

const SETUID = 0o4000;
const SETGID = 0o2000;
const EXECUTE = 0o111;

/** Starts with nothing noted. */
export function createFeatureNotes(platform: Platform): FeatureNotes {
  const levels = new Map<number, string[]>();
  const pac: string[] = [];
  const bti: string[] = [];
  const setId: string[] = [];
  let loadable = 0;
  return {
    addFile: ({ path, mode }, elf) => {
      if ((mode & (SETUID | SETGID)) !== 0 && (mode & EXECUTE) !== 0) setId.push(path);
      if (elf?.platform !== platform || !isLoadable(elf)) return;
      loadable += 1;
      const { x86Level } = elf.properties;
      if (x86Level !== undefined) {
        const paths = levels.get(x86Level);
        if (paths === undefined) levels.set(x86Level, [path]);
        else paths.push(path);
      }
      if (elf.properties.pac) pac.push(path);
      if (elf.properties.bti) bti.push(path);
    },
    findings: (place) => {
      const note = (
        finding: Omit<ImageFinding, 'places' | 'count'>,
        paths: readonly string[],
      ): ImageFinding[] =>
        paths.length === 0
          ? []
          : [
              {
                ...finding,
                places: paths.slice(0, SHOWN_PLACES).map(place),
                count: paths.length,
              },
            ];
      return [
        ...[...levels].flatMap(([level, paths]) =>
          note(
            {
              rule: 'x86-64-level',
              // Every server of the last ten years has v2.
              severity: level > 2 ? 'warning' : 'note',
              message: `${countFiles(paths)} on processors below x86-64-v${level}: not on older machines, nor under an emulator of such a processor`,
            },
            paths,
          ),
        ),
        ...note(
          {
            rule: 'pointer-authentication',
            severity: 'note',
            message: `${pac.length} of ${loadable} programs and libraries are built with pointer authentication, which QEMU's default processor computes slowly`,
          },
          pac,
        ),
        ...note(
          {
            rule: 'branch-targets',
            severity: 'note',
            message: `${bti.length} of ${loadable} programs and libraries are built with branch target identification`,
          },
          bti,
        ),
        ...note(
          {
            rule: 'set-id',
            severity: 'note',
            message: `${setId.length === 1 ? '1 program runs with its' : `${setId.length} programs run with their`} owner's rights (setuid or setgid): a binfmt handler without the flag C ignores that`,
          },
          setId,
        ),
      ];
    },
  };
}

function countFiles(paths: readonly string[]): string {
  return paths.length === 1
    ? `${paths[0] ?? ''} does not run`
    : `${paths.length} programs and libraries do not run`;
}
