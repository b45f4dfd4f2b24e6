import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { SpawnOutcome, SpawnSpec } from '../../agent/index.ts';
import {
  usageError,
  type CaseDefinition,
  type ChangedFile,
  type Subject,
} from '../../core/index.ts';
import { createTempDir } from '../../store/index.ts';
import { isolatedBinarySpawn, plainBinarySpawn, type BinaryRun } from './binary-spawn.ts';
import { overlayChanges, withoutUnchangedFixtures, workDirectoryChanges } from './changed-files.ts';
import { containerSpawn, type ContainerRun } from './container-spawn.ts';
import { readFixtureFacts } from './fixture-facts.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import type { LaneSubjects } from './lane-subjects.ts';
import type { BinarySubject, ImageSubject } from './subject.ts';

/** What a case and an interactive command have in common. */
export interface CommandRequest {
  readonly command: CaseDefinition['command'];
  readonly env: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  readonly network: 'none' | 'host';
  readonly pid1: 'init' | 'subject';
  readonly fixtures: readonly string[];
  readonly setup: readonly (readonly string[])[];
  readonly teardown: readonly (readonly string[])[];
  readonly reportFiles: boolean;
  readonly deadlineMs?: number;
  readonly terminal?: { readonly rows: number; readonly columns: number };
  readonly callerDirectory?: string;
  readonly writable: readonly string[];
}

export interface PreparedSpawn {
  readonly spec: SpawnSpec;
  /** Changed files out of what the agent reports. */
  readonly readFiles: (outcome: SpawnOutcome) => Promise<readonly ChangedFile[]>;
  /** Puts away what the lane made for it. */
  readonly dispose: () => Promise<void>;
}

export interface SpawnContext {
  readonly parts: LocalLaneParts;
  readonly subjects: LaneSubjects;
}

/** Between SIGTERM and SIGKILL at a deadline. */
const GRACE_MS = 2000;
const nothingToDispose = (): Promise<void> => Promise.resolve();

/**
 * Turns a command on a subject into what the agent does.
 * @throws ArchParityError for a subject or a request that this lane refuses
 */
export async function prepareSpawn(
  subject: Subject,
  request: CommandRequest,
  context: SpawnContext,
): Promise<PreparedSpawn> {
  const opened = await context.subjects.open(subject);
  return opened.kind === 'image'
    ? prepareContainer(opened, request, context)
    : prepareBinary(opened, request, context);
}

async function prepareBinary(
  subject: BinarySubject,
  request: CommandRequest,
  { parts }: SpawnContext,
): Promise<PreparedSpawn> {
  const { opened, translation } = parts;
  if (request.user !== undefined) {
    throw usageError(
      'USER_NOT_FOR_BINARY',
      'A binary runs as the caller: "user" is for images.',
      'Leave it out.',
    );
  }
  const needed = [
    ...(translation.kind === 'prefix' ? [translation.qemu] : []),
    ...(parts.sysroot === undefined ? [] : [parts.sysroot]),
  ];
  const run: BinaryRun = { ...request, subject, needed };
  const timing = {
    graceMs: GRACE_MS,
    ...(request.deadlineMs === undefined ? {} : { deadlineMs: request.deadlineMs }),
  };
  const readFiles = async (outcome: SpawnOutcome): Promise<readonly ChangedFile[]> =>
    workDirectoryChanges(outcome.entries, await readFixtureFacts(request.fixtures, ''));
  if (opened.maps !== undefined) {
    const spec = isolatedBinarySpawn(run, opened.maps, translation);
    return { spec: { ...spec, ...timing }, readFiles, dispose: nothingToDispose };
  }
  const directory = await createTempDir();
  const spec = plainBinarySpawn(run, directory.path, translation);
  return { spec: { ...spec, ...timing }, readFiles, dispose: () => directory.remove() };
}

async function prepareContainer(
  subject: ImageSubject,
  request: CommandRequest,
  { parts, subjects }: SpawnContext,
): Promise<PreparedSpawn> {
  const [place, user] = await Promise.all([
    subjects.containerPlace([subject.root, ...request.fixtures]),
    subjects.resolveUser(subject, request.user ?? subject.config.user),
  ]);
  const run: ContainerRun = { ...request, subject, user, graceMs: GRACE_MS };
  const spec = containerSpawn(run, place, parts.translation);
  const imageDirectoryMode = (path: string): number | undefined => {
    const stats = lstatSync(join(subject.root, path), { throwIfNoEntry: false });
    return stats?.isDirectory() === true ? stats.mode & 0o7777 : undefined;
  };
  const prefix = `${(spec.inner?.cwd ?? '/').replace(/\/$/, '')}/`;
  const readFiles = async (outcome: SpawnOutcome): Promise<readonly ChangedFile[]> =>
    withoutUnchangedFixtures(
      overlayChanges(outcome.entries, imageDirectoryMode),
      await readFixtureFacts(request.fixtures, prefix),
    );
  return { spec, readFiles, dispose: nothingToDispose };
}
