import { lstatSync, readdirSync, realpathSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type {
  CaseDefinition,
  OpenedBinary,
  OpenedImage,
  Platform,
  Subject,
} from '../core/index.ts';
import type { RecordSurvey } from '../record/index.ts';
import { isDirectory } from '../store/index.ts';
import { bindsOf, filesOf } from './case-files.ts';

/** The content of what is under test, as it is now. */
export interface PreparedSubjects {
  readonly images: readonly OpenedImage[];
  readonly binaries: readonly OpenedBinary[];
}

interface LaneOfCase {
  readonly id: string;
  readonly platform: Platform;
}

/** Compares what cases run on and read with what an earlier run had. */
export class UnchangedInputs {
  readonly #before: RecordSurvey;
  readonly #now: PreparedSubjects;
  readonly #began: number;
  /** By path: whether nothing of it has changed since. */
  readonly #files = new Map<string, boolean>();

  constructor(before: RecordSurvey, now: PreparedSubjects) {
    this.#before = before;
    this.#now = now;
    this.#began = Date.parse(before.start.at);
  }

  /**
   * Whether a case has on each lane that runs it the subjects that it had, and the files that it was given, to which
   * nobody has written since. What cannot be told has changed: a directory as an image has no digest, and of one
   * that is bound into a container anything may matter.
   * @param was - the case as the record has it
   */
  areThoseOf(
    definition: CaseDefinition,
    was: CaseDefinition,
    lanes: readonly LaneOfCase[],
  ): boolean {
    const subjects = subjectsOf(definition);
    const before = subjectsOf(was);
    const areSame = lanes.every((lane) =>
      subjects.every((subject, at) => this.#isSameSubject(subject, before[at], lane)),
    );
    return (
      areSame &&
      isDeepStrictEqual(filesOf(definition), filesOf(was)) &&
      filesOf(definition).every((path) => this.#isUntouched(path)) &&
      bindsOf(definition).every((path) => !isDirectory(path))
    );
  }

  #isSameSubject(now: Subject, was: Subject | undefined, lane: LaneOfCase): boolean {
    if (now.kind === 'image') {
      if (was?.kind !== 'image') return false;
      const digest = findDigest(this.#now.images, now.reference, lane);
      return (
        digest !== undefined && digest === findDigest(this.#before.images, was.reference, lane)
      );
    }
    const path = now.paths[lane.platform];
    const pathBefore = was?.kind === 'binary' ? was.paths[lane.platform] : undefined;
    if (path === undefined || pathBefore === undefined) return false;
    const sum = findSum(this.#now.binaries, path, lane);
    return sum !== undefined && sum === findSum(this.#before.binaries, pathBefore, lane);
  }

  #isUntouched(path: string): boolean {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const untouched = isUntouchedSince(path, this.#began);
    this.#files.set(path, untouched);
    return untouched;
  }
}

function subjectsOf({ subject, with: beside = [] }: CaseDefinition): readonly Subject[] {
  return [subject, ...beside.map((companion) => companion.subject)];
}

function findDigest(
  images: readonly OpenedImage[],
  reference: string,
  { id }: LaneOfCase,
): string | undefined {
  const digests = images
    .filter((image) => image.laneId === id && image.reference === reference)
    .map(({ digest }) => digest);
  return onlyOne(digests);
}

/** A program of several platforms in one file is told once. */
function findSum(
  binaries: readonly OpenedBinary[],
  path: string,
  { platform }: LaneOfCase,
): string | undefined {
  const found = binaries.filter((binary) => binary.path === path);
  const own = found.filter((binary) => binary.platform === platform);
  return onlyOne((own.length > 0 ? own : found).map(({ sha256 }) => sha256));
}

/** Machines whose records were merged may have had others. */
function onlyOne<Value>(values: readonly Value[]): Value | undefined {
  const [one, ...others] = new Set(values);
  return others.length === 0 ? one : undefined;
}

/** Whether a file, or all of a directory, was last changed before a time; not when that cannot be seen. */
function isUntouchedSince(path: string, time: number): boolean {
  try {
    return [path, realpathSync(path)].every((one) => isOlder(one, time));
  } catch {
    return false;
  }
}

function isOlder(path: string, time: number): boolean {
  const link = lstatSync(path);
  const target = statSync(path, { throwIfNoEntry: false }) ?? link;
  if (lastChange(link) >= time || lastChange(target) >= time) return false;
  return !link.isDirectory() || readdirSync(path).every((name) => isOlder(join(path, name), time));
}

/** A time that a copy took over from its original (`cp -p`) is old; that of the inode is not. */
function lastChange({ mtimeMs, ctimeMs }: Stats): number {
  return Math.max(mtimeMs, ctimeMs);
}
