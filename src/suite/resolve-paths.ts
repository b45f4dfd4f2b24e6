import { statSync } from 'node:fs';
import path from 'node:path';
import { isMapping, listItems, type Mistake, quoteText, type SuitePath } from './mistake.ts';

/** The transports whose reference begins with a path (containers-transports(5)). */
const PATH_TRANSPORTS = ['dir', 'oci', 'oci-archive', 'docker-archive'];

/** Makes the path in an image reference absolute; other references stay as they are. */
export function resolveImageReference(reference: string, directory: string): string {
  const match = /^([a-z-]+):([^:]*)(.*)$/s.exec(reference);
  const [, transport = '', file = '', rest = ''] = match ?? [];
  if (!PATH_TRANSPORTS.includes(transport) || file === '') return reference;
  return `${transport}:${path.resolve(directory, file)}${rest}`;
}

/** The directory that the paths of a suite start from. */
export function suiteDirectory(file: string): string {
  return file.startsWith('<') ? process.cwd() : path.dirname(path.resolve(file));
}

/** Finds image references that name no image. */
export function findReferenceMistakes(root: unknown): readonly Mistake[] {
  if (!isMapping(root)) return [];
  const companions = listItems(root['cases']).flatMap((entry, index) =>
    isMapping(entry) && isMapping(entry['with'])
      ? Object.entries(entry['with']).map(([name, companion]) => ({
          companion,
          path: ['cases', index, 'with', name, 'image'],
        }))
      : [],
  );
  return [
    ...findReferenceMistake(root['subject'], ['subject', 'image']),
    ...companions.flatMap(({ companion, path }) => findReferenceMistake(companion, path)),
  ];
}

function findReferenceMistake(named: unknown, path: SuitePath): readonly Mistake[] {
  const image = isMapping(named) ? named['image'] : undefined;
  if (typeof image !== 'string') return [];
  const place = { path, at: 'value' } as const;
  if (image.startsWith('/') || image.startsWith('./') || image.startsWith('../')) {
    return [
      {
        ...place,
        message: `is a path, not an image reference: ${quoteText(image)}`,
        hint: `write binary: {linux/arm64: ${image}} for an ELF file, oci:${image} or dir:${image} for an image`,
      },
    ];
  }
  if (/^[a-z-]+:$/.test(image)) {
    return [
      { ...place, message: `names no image: ${quoteText(image)}`, hint: `write ${image}PATH` },
    ];
  }
  if (/\s/.test(image)) {
    return [{ ...place, message: `cannot contain spaces: ${quoteText(image)}` }];
  }
  return [];
}

/** Finds files that the suite names and that are not there. Binaries only when they are used. */
export function findPathMistakes(
  root: unknown,
  directory: string,
  options: { readonly binaries: boolean },
): readonly Mistake[] {
  if (!isMapping(root)) return [];
  const subject = isMapping(root['subject']) ? root['subject'] : {};
  const binary = isMapping(subject['binary']) && options.binaries ? subject['binary'] : {};
  return [
    ...Object.entries(binary).flatMap(([platform, file]) =>
      findPathMistake(file, ['subject', 'binary', platform], directory, 'file'),
    ),
    ...listItems(root['cases']).flatMap((entry, index) =>
      isMapping(entry)
        ? [
            ...findPathMistake(
              entry['stdinFile'],
              ['cases', index, 'stdinFile'],
              directory,
              'file',
            ),
            ...listItems(entry['fixtures']).flatMap((fixture, item) =>
              findPathMistake(fixture, ['cases', index, 'fixtures', item], directory, 'any'),
            ),
          ]
        : [],
    ),
  ];
}

function findPathMistake(
  file: unknown,
  place: SuitePath,
  directory: string,
  kind: 'file' | 'any',
): readonly Mistake[] {
  // Empty and NUL are the schema's to report.
  if (typeof file !== 'string' || file.trim() === '' || file.includes('\0')) return [];
  const absolute = path.resolve(directory, file);
  const mistake = (message: string, hint?: string): readonly Mistake[] => [
    { path: place, at: 'value', message, ...(hint === undefined ? {} : { hint }) },
  ];
  let stats;
  try {
    stats = statSync(absolute, { throwIfNoEntry: false });
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'an error';
    return mistake(`cannot be read (${code}): ${quoteText(file)}`);
  }
  if (stats === undefined) {
    return mistake(
      `names a file that does not exist: ${quoteText(file)}`,
      file.startsWith('/') ? undefined : `paths start from the suite's directory: ${absolute}`,
    );
  }
  if (kind === 'file' && stats.isDirectory()) {
    return mistake(`names a directory, not a file: ${quoteText(file)}`);
  }
  return [];
}
