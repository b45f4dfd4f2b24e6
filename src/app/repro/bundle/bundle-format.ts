import { readdir } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { usageError, type CaseDefinition, type Subject } from '../../../core/index.ts';

/** What a bundle is made of; all else in it is named by the case. */
export const BUNDLE_MANIFEST = 'bundle.json';
export const BUNDLE_RECORD = 'record.ndjson';
export const BUNDLE_VERSION = 1;
/** Of the images in a bundle's layouts. */
export const BUNDLE_TAG = 'case';

/** What a bundle says of itself. */
export interface BundleManifest {
  readonly format: 'archparity-repro';
  readonly version: typeof BUNDLE_VERSION;
  readonly archparity: string;
  readonly case: string;
  /** SHA-256 of each file but those of images, whose layouts say themselves what they hold. */
  readonly files: Readonly<Record<string, string>>;
}

/** What happens to each path that a case names. */
export interface PathChange {
  readonly file: (path: string) => string;
  readonly image: (reference: string) => string;
}

function changeSubject(subject: Subject, { file, image }: PathChange): Subject {
  if (subject.kind === 'image') return { ...subject, reference: image(subject.reference) };
  const paths = Object.entries(subject.paths).map(([platform, path]) => [platform, file(path)]);
  return { ...subject, paths: Object.fromEntries(paths) as typeof subject.paths };
}

/** A case whose files lie elsewhere. */
export function changePaths(definition: CaseDefinition, change: PathChange): CaseDefinition {
  const { stdin, with: companions } = definition;
  return {
    ...definition,
    subject: changeSubject(definition.subject, change),
    fixtures: definition.fixtures.map(change.file),
    ...(stdin !== undefined && 'file' in stdin ? { stdin: { file: change.file(stdin.file) } } : {}),
    ...(companions === undefined
      ? {}
      : {
          with: companions.map((companion) => ({
            ...companion,
            subject: { ...companion.subject, reference: change.image(companion.subject.reference) },
          })),
        }),
  };
}

/** A path of a bundle, where that lies unpacked. @throws ArchParityError `BUNDLE_INVALID` (exit 2) */
export function placeInBundle(directory: string, path: string): string {
  const place = resolve(directory, path);
  if (!isAbsolute(path) && place.startsWith(join(directory, '/'))) return place;
  throw bundleInvalid(`it names ${path}, which is not in it`);
}

/** An image of a bundle is a layout in it; others are named by their digest. */
export function imageInBundle(directory: string, reference: string): string {
  const [, path, tag] = /^oci:([^:]+):([^:]+)$/.exec(reference) ?? [];
  if (path !== undefined && tag !== undefined)
    return `oci:${placeInBundle(directory, path)}:${tag}`;
  if (isPinned(reference)) return reference;
  throw bundleInvalid(`it names the image ${reference}, which is not in it`);
}

/** Whether a registry gives the same for a reference everywhere and for ever. */
export function isPinned(reference: string): boolean {
  return /^docker:\/\/.*@sha256:[0-9a-f]{64}$/.test(reference);
}

export function bundleInvalid(why: string, file = 'The bundle') {
  return usageError(
    'BUNDLE_INVALID',
    `${file} is not what archparity repro --bundle writes: ${why}.`,
    'Make it anew where the record is, or copy it again.',
  );
}

/** Files below a directory but those of images, sorted. */
export async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => join(parentPath, name).slice(directory.length + 1))
    .filter((path) => !path.startsWith('image/') && path !== BUNDLE_MANIFEST)
    .toSorted();
}
