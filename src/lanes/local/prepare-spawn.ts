import type { SpawnSpec } from '../../agent/index.ts';
import { usageError, type Subject } from '../../core/index.ts';
import { createTempDir } from '../../store/index.ts';
import {
  isolatedBinarySpawn,
  plainBinarySpawn,
  plainDirectory,
  type BinaryRun,
} from '../attempt/binary-spawn.ts';
import { besideSpawn, withBeside } from '../attempt/beside-spawn.ts';
import { prefixedArgv } from '../attempt/container-argv.ts';
import type { ContainerRun } from '../attempt/container-run.ts';
import { countSpawn, type CountingPlaces } from '../attempt/count-spawn.ts';
import { engineSpawn } from '../attempt/engine-spawn.ts';
import { HOSTS_FILE, readResolver, RESOLVER_FILE } from '../attempt/host-names.ts';
import { GRACE_MS, type CommandRequest, type PreparedSpawn } from '../attempt/prepared-spawn.ts';
import { readBinaryChanges, readContainerChanges } from '../attempt/read-changes.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import type { LaneSubjects } from './lane-subjects.ts';
import { COVERED, coveredPaths } from './covered-paths.ts';
import { coversId } from './user-maps.ts';
import type { BinarySubject, ImageSubject } from '../attempt/subject.ts';
import { userNotMapped } from '../attempt/unsupported-errors.ts';

export interface SpawnContext {
  readonly parts: LocalLaneParts;
  readonly subjects: LaneSubjects;
  /** Where the case's processes count their instructions. */
  readonly countFile?: string;
}

/** What the QEMU of a lane that counts needs in each case. */
function countingPlaces({ countFile, parts }: SpawnContext): CountingPlaces | undefined {
  const { libraries } = parts;
  return countFile === undefined || libraries === undefined ? undefined : { countFile, libraries };
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
  context: SpawnContext,
): Promise<PreparedSpawn> {
  const { parts, subjects } = context;
  const { opened, translation } = parts;
  if (request.user !== undefined) {
    throw usageError(
      'USER_NOT_FOR_BINARY',
      'A binary runs as the caller: "user" is for images.',
      'Leave it out.',
    );
  }
  const cover = await subjects.cover();
  const needed = [
    ...cover.needed,
    ...coveredPaths([
      ...request.fixtures,
      ...request.writable,
      // A stub of systemd-resolved's.
      ...(request.network === 'host' ? ['/etc/resolv.conf'] : []),
    ]),
  ];
  const run: BinaryRun = { ...request, ...cover, subject, needed };
  const timing = {
    graceMs: GRACE_MS,
    ...(request.deadlineMs === undefined ? {} : { deadlineMs: request.deadlineMs }),
  };
  const readFiles = readBinaryChanges(request.fixtures);
  const isWrapped = request.instrument?.wrap !== undefined;
  const isPrefixed = translation.kind === 'prefix' && request.command.kind === 'subject';
  // What is seen to be started is what starts the command.
  const program: Pick<PreparedSpawn, 'program'> =
    isPrefixed || isWrapped ? {} : { program: { platform: subject.platform, from: 'machine' } };
  if (opened.maps !== undefined) {
    const spec = countSpawn(
      isolatedBinarySpawn(run, opened.maps, translation),
      countingPlaces(context),
    );
    return {
      ...withBeside({ ...spec, ...timing }),
      ...program,
      readFiles,
      dispose: nothingToDispose,
    };
  }
  const directory = await createTempDir();
  await opened.agent.client.mount(plainDirectory(run, directory.path));
  const spec = plainBinarySpawn(run, directory.path, translation);
  return {
    ...withBeside({ ...spec, ...timing }),
    ...program,
    readFiles,
    dispose: () => directory.remove(),
  };
}

/** What a container is made of is there, although the lane's binaries see nothing of where it lies. */
function uncover(spec: SpawnSpec, needed: readonly string[]): SpawnSpec {
  if (coveredPaths(needed).length === 0) return spec;
  const operations = COVERED.map((target) => ({ kind: 'uncover', target }) as const);
  return { ...spec, mounts: [...operations, ...(spec.mounts ?? [])] };
}

async function prepareContainer(
  subject: ImageSubject,
  request: CommandRequest,
  context: SpawnContext,
): Promise<PreparedSpawn> {
  const { parts, subjects } = context;
  const needed = [subject.root, ...request.fixtures];
  const [brought, place, user] = await Promise.all([
    parts.engine.bring(subject),
    parts.engine.place(needed),
    subjects.resolveUser(subject, request.user ?? subject.config.user),
  ]);
  const { maps } = parts.opened;
  const isMapped =
    maps === undefined || (coversId(maps.uidMaps, user.uid) && coversId(maps.gidMaps, user.gid));
  if (!isMapped) throw userNotMapped(parts.info.id, user);
  const counting = countingPlaces(context);
  const resolver = request.network === 'host' ? readResolver(subject.root) : undefined;
  const run: ContainerRun = {
    ...request,
    ...(resolver === undefined ? {} : { resolver }),
    subject: brought,
    user,
    graceMs: GRACE_MS,
    ...(counting === undefined ? {} : { counting }),
  };
  const { translation } = parts;
  const started = engineSpawn(run, place, { laneId: parts.info.id, translation });
  const { client, engineNetwork } = started;
  // A daemon has mounts of its own.
  const spec = client === undefined ? uncover(started.spec, needed) : started.spec;
  const readFiles = readContainerChanges({
    root: subject.root,
    fixtures: request.fixtures,
    cwd: spec.inner?.cwd ?? '/',
    runtimeFiles: [
      ...(request.hosts === undefined ? [] : [HOSTS_FILE]),
      ...(resolver === undefined ? [] : [RESOLVER_FILE]),
    ],
  });
  const program: Pick<PreparedSpawn, 'program'> =
    translation.kind === 'prefix' || request.instrument?.wrap !== undefined
      ? {}
      : { program: { platform: subject.platform, from: 'image' } };
  const beside: PreparedSpawn['beside'] = (command) =>
    besideSpawn(spec, command, (argv, path) =>
      translation.kind === 'prefix' ? prefixedArgv(argv, subject.root, path) : argv,
    );
  return {
    spec,
    ...(client === undefined ? {} : { client }),
    ...(engineNetwork === undefined ? {} : { engineNetwork }),
    ...program,
    beside,
    readFiles,
    dispose: nothingToDispose,
  };
}
