import { findNearest, findPlatform } from '../core/index.ts';
import { LANE_KINDS } from './case-words.ts';
import { findBoth } from './find-both.ts';
import { findServiceMistakes } from './find-service-mistakes.ts';
import { isMapping, listItems, type Mistake, quoteText, type SuitePath } from './mistake.ts';
import { laneName } from './lane-name.ts';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * Finds what is wrong between values that are right by themselves. It reads the suite as written,
 * not as validated: a reader is told of these mistakes together with all others.
 */
export function findContradictions(root: unknown): readonly Mistake[] {
  if (!isMapping(root)) return [];
  const cases = listItems(root['cases']);
  const lanes = listItems(root['lanes']).filter((lane) => typeof lane === 'string');
  const words: readonly string[] = ['default', ...LANE_KINDS, ...lanes.map(laneName)];
  return [
    ...findSubjectMistakes(root['subject']),
    ...findRepeated(
      lanes.map((lane, index) => [['lanes', index], laneName(lane)]),
      'the lane name',
    ),
    ...findRepeated(textItems(root, ['secrets']), 'the variable'),
    ...findSharedMistakes(root['defaults'], ['defaults'], words),
    ...findRepeated(
      cases.map((entry, index) => [
        ['cases', index, 'name'],
        isMapping(entry) ? entry['name'] : undefined,
      ]),
      'the case name',
    ),
    ...cases.flatMap((entry, index) =>
      isMapping(entry) ? findCaseMistakes(entry, ['cases', index], words) : [],
    ),
    ...findInspectedBinaries(root['subject'], cases),
  ];
}

function findCaseMistakes(
  entry: Mapping,
  path: SuitePath,
  laneWords: readonly string[],
): readonly Mistake[] {
  const expect = isMapping(entry['expect']) ? entry['expect'] : {};
  const byPlatform = isMapping(expect['platform']) ? expect['platform'] : {};
  return [
    ...findBoth(entry, path, ['run', 'args', 'inspect', 'service']),
    ...findUselessForInspect(entry, path),
    ...findInspectExpectations(entry, path),
    ...findBoth(entry, path, ['stdin', 'stdinFile']),
    ...findServiceMistakes(entry, path),
    ...findSharedMistakes(entry, path, laneWords),
    ...findRepeated(textItems(entry, ['tags'], path), 'the tag'),
    ...findRepeated(
      textItems(entry, ['fixtures'], path).map(([place, text]) => [place, baseName(text)]),
      'a fixture named',
    ),
    ...findExpectationMistakes(expect, [...path, 'expect']),
    ...findRepeatedPlatforms(Object.keys(byPlatform), [...path, 'expect', 'platform']),
    ...Object.entries(byPlatform).flatMap(([platform, there]) =>
      isMapping(there)
        ? findExpectationMistakes(there, [...path, 'expect', 'platform', platform])
        : [],
    ),
  ];
}

/** Keys that say how something is started. */
const STARTING_KEYS = [
  'env',
  'fixtures',
  'mayKeepRunning',
  'network',
  'pid1',
  'setup',
  'stdin',
  'stdinFile',
  'teardown',
  'user',
  'with',
  'workdir',
];

function findUselessForInspect(entry: Mapping, path: SuitePath): readonly Mistake[] {
  if (!Object.hasOwn(entry, 'inspect')) return [];
  return STARTING_KEYS.filter((key) => Object.hasOwn(entry, key)).map((key) => ({
    path: [...path, key],
    at: 'key',
    message: 'has no meaning for "inspect", which starts nothing',
    hint: 'remove it',
  }));
}

/** What `expect` must have, and what it cannot, by what is inspected. */
function findInspectExpectations(entry: Mapping, path: SuitePath): readonly Mistake[] {
  const expect = isMapping(entry['expect']) ? entry['expect'] : {};
  const byPlatform = isMapping(expect['platform']) ? Object.entries(expect['platform']) : [];
  const places: readonly (readonly [unknown, SuitePath])[] = [
    [expect, [...path, 'expect']],
    ...byPlatform.map(([name, there]) => [there, [...path, 'expect', 'platform', name]] as const),
  ];
  const having = (key: string) =>
    places.filter(([there]) => isMapping(there) && Object.hasOwn(there, key));
  const idle: Mistake[] =
    entry['inspect'] === 'config'
      ? []
      : having('config').map(([, place]) => ({
          path: [...place, 'config'],
          at: 'key',
          message: 'is for cases that inspect the config',
          hint: 'write inspect: config, in a case of its own',
        }));
  if (entry['inspect'] !== 'paths' || having('files').length > 0) return idle;
  return [
    ...idle,
    {
      path: [...path, 'inspect'],
      at: 'value',
      message: 'needs the paths to look at',
      hint: 'write expect: {files: [{path: /etc/app.conf}]}',
    },
  ];
}

function findInspectedBinaries(subject: unknown, cases: readonly unknown[]): readonly Mistake[] {
  if (!isMapping(subject) || !Object.hasOwn(subject, 'binary')) return [];
  return cases.flatMap((entry, index): Mistake[] =>
    isMapping(entry) && Object.hasOwn(entry, 'inspect')
      ? [
          {
            path: ['cases', index, 'inspect'],
            at: 'key',
            message: 'needs an image, but the subject of this suite is a binary',
            hint: 'remove the case, or write subject: {image: REFERENCE}',
          },
        ]
      : [],
  );
}

function findExpectationMistakes(expect: Mapping, path: SuitePath): readonly Mistake[] {
  return [
    ...findBoth(expect, path, ['exit', 'signal']),
    ...listItems(expect['files']).flatMap((file, index) =>
      isMapping(file) ? findFileMistakes(file, [...path, 'files', index]) : [],
    ),
  ];
}

function findFileMistakes(file: Mapping, path: SuitePath): readonly Mistake[] {
  if (file['exists'] !== false) return [];
  return ['type', 'mode', 'permissions', 'uid', 'gid', 'executableBy', 'content']
    .filter((key) => Object.hasOwn(file, key))
    .map((key) => ({
      path: [...path, key],
      at: 'key',
      message: 'cannot be expected of a file that must not exist',
      hint: `remove it, or "exists: false"`,
    }));
}

/** What `defaults` and cases share. */
function findSharedMistakes(
  entry: unknown,
  path: SuitePath,
  laneWords: readonly string[],
): readonly Mistake[] {
  if (!isMapping(entry)) return [];
  const timeout = entry['timeout'];
  return [
    ...findRepeated(textItems(entry, ['compare'], path), ''),
    ...findRepeated(textItems(entry, ['normalize'], path), ''),
    ...(isMapping(timeout) ? findTimeoutMistakes(timeout, [...path, 'timeout'], laneWords) : []),
  ];
}

function findTimeoutMistakes(
  timeout: Mapping,
  path: SuitePath,
  laneWords: readonly string[],
): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  if (!Object.hasOwn(timeout, 'default')) {
    mistakes.push({
      path,
      at: 'value',
      message: '"default" is missing',
      hint: 'write {default: 10s, …}; it holds on every lane that is not named',
    });
  }
  for (const key of Object.keys(timeout)) {
    // Any name may be a lane of the command line; a kind with a typing slip in it is not.
    const meant = laneWords.includes(key) ? undefined : findNearest(key, ['default', 'emulated']);
    if (meant === undefined || !/^[a-z]+$/i.test(key)) continue;
    mistakes.push({
      path: [...path, key],
      at: 'key',
      message: `unknown lane ${quoteText(key)} in a timeout`,
      hint: `did you mean ${quoteText(meant)}?`,
    });
  }
  return mistakes;
}

function findSubjectMistakes(subject: unknown): readonly Mistake[] {
  if (!isMapping(subject)) return [];
  const both = findBoth(subject, ['subject'], ['image', 'binary']);
  if (Object.keys(subject).length === 0) {
    return [
      {
        path: ['subject'],
        at: 'value',
        message: 'says nothing',
        hint: 'write image: REFERENCE, or binary: {linux/amd64: PATH, linux/arm64: PATH}',
      },
    ];
  }
  const binary = isMapping(subject['binary']) ? subject['binary'] : undefined;
  if (binary === undefined) return both;
  const none: Mistake = {
    path: ['subject', 'binary'],
    at: 'value',
    message: 'needs at least one platform',
    hint: 'write {linux/amd64: PATH, linux/arm64: PATH}',
  };
  return [
    ...both,
    ...(Object.keys(binary).length === 0 ? [none] : []),
    ...findRepeatedPlatforms(Object.keys(binary), ['subject', 'binary']),
  ];
}

/** Two spellings of one platform as keys. */
function findRepeatedPlatforms(keys: readonly string[], path: SuitePath): readonly Mistake[] {
  const repeated = findRepeated(
    keys.map((key) => [[...path, key], findPlatform(key)]),
    'the platform',
  );
  return repeated.map((mistake) => ({ ...mistake, at: 'key' }));
}

function textItems(
  entry: Mapping,
  [key]: readonly [string],
  path: SuitePath = [],
): readonly (readonly [SuitePath, string])[] {
  return listItems(entry[key]).flatMap((item, index) =>
    typeof item === 'string' ? [[[...path, key, index], item] as const] : [],
  );
}

/** Texts that may occur once. `what` completes "… is there twice". */
function findRepeated(
  entries: readonly (readonly [SuitePath, unknown])[],
  what: string,
): readonly Mistake[] {
  const first = new Map<string, SuitePath>();
  const mistakes: Mistake[] = [];
  for (const [path, text] of entries) {
    if (typeof text !== 'string') continue;
    const before = first.get(text);
    if (before === undefined) {
      first.set(text, path);
      continue;
    }
    const subject = what === '' ? quoteText(text) : `${what} ${quoteText(text)}`;
    mistakes.push({
      path,
      at: 'value',
      message: `repeats ${subject}`,
      seeAlso: before,
    });
  }
  return mistakes;
}

function baseName(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? path;
}
