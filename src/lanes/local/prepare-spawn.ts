import type { SpawnSpec } from '../../agent/index.ts';
import { usageError, type Subject } from '../../core/index.ts';
import { createTempDir } from '../../store/index.ts';
import {
  isolatedBinarySpawn,
  plainBinarySpawn,
  plainDirectory,
  type BinaryRun,
} from '../attempt/binary-spawn.ts';
import { containerSpawn, type ContainerRun } from '../attempt/container-spawn.ts';
import { GRACE_MS, type CommandRequest, type PreparedSpawn } from '../attempt/prepared-spawn.ts';
import { readBinaryChanges, readContainerChanges } from '../attempt/read-changes.ts';
import { RUN_DIRECTORY } from '../environment.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import type { LaneSubjects } from './lane-subjects.ts';
import { pathsInRun } from './run-directory.ts';
import { coversId } from './user-maps.ts';
import type { BinarySubject, ImageSubject } from '../attempt/subject.ts';
import { userNotMapped } from '../attempt/unmapped-user.ts';

export interface SpawnContext {
  readonly parts: LocalLaneParts;
  readonly subjects: LaneSubjects;
}

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
  { parts, subjects }: SpawnContext,
): Promise<PreparedSpawn> {
  const { opened, translation } = parts;
  if (request.user !== undefined) {
    throw usageError(
      'USER_NOT_FOR_BINARY',
      'A binary runs as the caller: "user" is for images.',
      'Leave it out.',
    );
  }
  const own = [
    ...(translation.kind === 'prefix' ? [translation.qemu] : []),
    ...(parts.sysroot === undefined ? [] : [parts.sysroot]),
    ...(parts.plugin === undefined ? [] : [parts.plugin]),
  ];
  const needed = [
    ...own,
    ...pathsInRun([
      ...own,
      ...request.fixtures,
      ...request.writable,
      // A stub of systemd-resolved's.
      ...(request.network === 'host' ? ['/etc/resolv.conf'] : []),
    ]),
  ];
  const hidesRun = opened.maps === undefined ? undefined : await subjects.hideRun();
  const run: BinaryRun = {
    ...request,
    subject,
    needed,
    ...(hidesRun === undefined ? {} : { hidesRun }),
  };
  const timing = {
    graceMs: GRACE_MS,
    ...(request.deadlineMs === undefined ? {} : { deadlineMs: request.deadlineMs }),
  };
  const readFiles = readBinaryChanges(request.fixtures);
  const isPrefixed = translation.kind === 'prefix' && request.command.kind === 'subject';
  const program: Pick<PreparedSpawn, 'program'> = isPrefixed
    ? {}
    : { program: { platform: subject.platform, from: 'machine' } };
  if (opened.maps !== undefined) {
    const spec = isolatedBinarySpawn(run, opened.maps, translation);
    return { spec: { ...spec, ...timing }, ...program, readFiles, dispose: nothingToDispose };
  }
  const directory = await createTempDir();
  await opened.agent.client.mount(plainDirectory(run, directory.path));
  const spec = plainBinarySpawn(run, directory.path, translation);
  return { spec: { ...spec, ...timing }, ...program, readFiles, dispose: () => directory.remove() };
}

/** What a container is made of is there, although the lane's binaries see nothing in /run. */
function uncoverRun(spec: SpawnSpec, needed: readonly string[]): SpawnSpec {
  if (pathsInRun(needed).length === 0) return spec;
  const uncover = { kind: 'uncover', target: RUN_DIRECTORY } as const;
  return { ...spec, mounts: [uncover, ...(spec.mounts ?? [])] };
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
  const { maps } = parts.opened;
  const isMapped =
    maps === undefined || (coversId(maps.uidMaps, user.uid) && coversId(maps.gidMaps, user.gid));
  if (!isMapped) throw userNotMapped(parts.info.id, user);
  const run: ContainerRun = { ...request, subject, user, graceMs: GRACE_MS };
  const spec = uncoverRun(containerSpawn(run, place, parts.translation), [
    subject.root,
    ...request.fixtures,
  ]);
  const readFiles = readContainerChanges({
    root: subject.root,
    fixtures: request.fixtures,
    cwd: spec.inner?.cwd ?? '/',
  });
  const program: Pick<PreparedSpawn, 'program'> =
    parts.translation.kind === 'prefix'
      ? {}
      : { program: { platform: subject.platform, from: 'image' } };
  return { spec, ...program, readFiles, dispose: nothingToDispose };
}
