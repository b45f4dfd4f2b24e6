import { findNearest, type Subject } from '../core/index.ts';
import { COMPARE_ASPECTS, defaultCompare } from './case-words.ts';
import { isMapping, listItems, type Mistake, quoteText, type SuitePath } from './mistake.ts';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Finds what is valid and can have no effect, so that it was meant otherwise: globs of files that are not
 * compared, a declared divergence where nothing is looked at, a lane that is none, a user for a binary.
 * Reads the suite as written.
 */
export function findIneffective(
  root: unknown,
  { subject }: { readonly subject: Subject | undefined },
): readonly Mistake[] {
  if (!isMapping(root)) return [];
  const defaults = isMapping(root['defaults']) ? root['defaults'] : {};
  const written = isMapping(root['subject']) ? root['subject'] : {};
  const isBinary = subject === undefined && Object.hasOwn(written, 'binary');
  return [
    ...(isBinary ? findUser(defaults, ['defaults']) : []),
    ...listItems(root['cases']).flatMap((entry, index) => {
      if (!isMapping(entry)) return [];
      const path = ['cases', index];
      const compare =
        listOf(entry['compare']) ?? listOf(defaults['compare']) ?? defaultCompare(entry);
      return [
        ...(isBinary ? findUser(entry, path) : []),
        ...findIdleGlobs(entry, path, compare),
        ...findIdleKnown(entry['known'], [...path, 'known'], compare),
        ...findUnknownLanes(entry['when'], [...path, 'when']),
      ];
    }),
  ];
}

/** What `compare` names; `undefined` when it is not there or no list. */
function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? listItems(value) : undefined;
}

function findUser(entry: Mapping, path: SuitePath): readonly Mistake[] {
  if (!Object.hasOwn(entry, 'user')) return [];
  return [
    {
      path: [...path, 'user'],
      at: 'key',
      message: 'needs an image, but the subject of this suite is a binary, which runs as you',
      hint: 'remove it, or write subject: {image: REFERENCE}',
    },
  ];
}

function findIdleGlobs(
  entry: Mapping,
  path: SuitePath,
  compare: readonly unknown[],
): readonly Mistake[] {
  if (listItems(entry['files']).length === 0 || compare.includes('files')) return [];
  return [
    {
      path: [...path, 'files'],
      at: 'key',
      message: 'has no effect: "compare" does not have files',
      hint: 'write compare: [exit, stdout, files], or remove it',
    },
  ];
}

function findIdleKnown(
  known: unknown,
  path: SuitePath,
  compare: readonly unknown[],
): readonly Mistake[] {
  const entries = Array.isArray(known)
    ? listItems(known).map((entry, index) => [entry, [...path, index]] as const)
    : [[known, path] as const];
  return entries.flatMap(([entry, place]): Mistake[] => {
    const at = isMapping(entry) ? entry['at'] : undefined;
    const aspect = typeof at === 'string' ? at.split(':', 1)[0] : undefined;
    if (aspect === undefined || compare.includes(aspect)) return [];
    // Another word is the schema's to report.
    if (!COMPARE_ASPECTS.some((known) => known === aspect)) return [];
    return [
      {
        path: [...place, 'at'],
        at: 'value',
        message: `names ${aspect}, which is not compared`,
        hint: `add ${aspect} to "compare"`,
      },
    ];
  });
}

/** Any name may be a lane of the command line; a kind with a typing slip in it is not. */
function findUnknownLanes(when: unknown, path: SuitePath): readonly Mistake[] {
  const lane = isMapping(when) ? when['lane'] : undefined;
  const names = Array.isArray(lane)
    ? listItems(lane).map((name, index) => [name, [...path, 'lane', index]] as const)
    : [[lane, [...path, 'lane']] as const];
  return names.flatMap(([name, place]): Mistake[] => {
    if (typeof name !== 'string' || !/^[a-z]+$/i.test(name)) return [];
    const meant = findNearest(name, ['native', 'emulated']);
    if (meant === undefined || meant === name) return [];
    return [
      {
        path: place,
        at: 'value',
        message: `unknown lane ${quoteText(name)} in a condition`,
        hint: `did you mean ${quoteText(meant)}?`,
      },
    ];
  });
}
