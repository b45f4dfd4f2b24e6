import { ArchParityError, usageError, type Platform, type Subject } from '../../core/index.ts';
import {
  isolatedBinarySpawn,
  plainBinarySpawn,
  plainDirectory,
  type BinaryRun,
} from '../attempt/binary-spawn.ts';
import type { ContainerRun } from '../attempt/container-run.ts';
import { withBeside } from '../attempt/beside-spawn.ts';
import { engineSpawn, type EnginePlace } from '../attempt/engine-spawn.ts';
import { HOSTS_FILE } from '../attempt/host-names.ts';
import { limitSpawn } from '../attempt/limit-spawn.ts';
import {
  GRACE_MS,
  type CommandRequest,
  type ExpectedProgram,
  type PreparedSpawn,
} from '../attempt/prepared-spawn.ts';
import { readBinaryChanges, readContainerChanges } from '../attempt/read-changes.ts';
import { isInside, openBinary, type BinarySubject, type ImageSubject } from '../attempt/subject.ts';
import { userNotMapped } from '../attempt/unsupported-errors.ts';
import { RUN_DIRECTORY } from '../environment.ts';
import type { LocalImages } from './local-images.ts';
import type { ContainerEngine, RemoteConnection } from './remote-connection.ts';
import { RemoteContent } from './remote-content.ts';

export interface RemoteSiteOptions {
  readonly connection: RemoteConnection;
  readonly images: LocalImages;
  readonly platform: Platform;
  /** For messages. */
  readonly laneId: string;
  readonly cacheDir: string;
}

/** What is seen to be started is the program, but where something else starts that. */
function expectedProgram(
  { instrument }: CommandRequest,
  program: ExpectedProgram,
): Pick<PreparedSpawn, 'program'> {
  return instrument?.wrap === undefined ? { program } : {};
}

/** The other end of a connection: what was brought there, and how commands are put together there. */
export class RemoteSite {
  readonly connection: RemoteConnection;
  readonly #options: RemoteSiteOptions;
  readonly #content: RemoteContent;
  readonly #places = new Map<string, Promise<string>>();

  constructor(options: RemoteSiteOptions) {
    this.#options = options;
    this.connection = options.connection;
    const { client, stateDir } = options.connection;
    this.#content = new RemoteContent({ client, stateDir, cacheDir: options.cacheDir });
  }

  /** Brings a subject there before anything needs it. @throws ArchParityError */
  async bring(subject: Subject): Promise<void> {
    if (subject.kind === 'binary') await this.#bringBinary(subject);
    else await this.#bringImage(subject.reference);
  }

  /** Turns a command on a subject into what the agent there does. @throws ArchParityError */
  async prepare(subject: Subject, request: CommandRequest): Promise<PreparedSpawn> {
    if (request.writable.length > 0)
      throw usageError(
        'WRITE_NOT_ON_LANE',
        `The lane ${this.#options.laneId} does not see directories of this machine, so nothing can be written to them.`,
        'Leave --write out.',
      );
    const prepared =
      subject.kind === 'binary'
        ? await this.#prepareBinary(await this.#bringBinary(subject), request)
        : await this.#prepareContainer(await this.#bringImage(subject.reference), request);
    return this.connection.client.hello.limits ? limitSpawn(prepared, request) : prepared;
  }

  async #prepareBinary(subject: BinarySubject, request: CommandRequest): Promise<PreparedSpawn> {
    const { client, ids, stateDir } = this.connection;
    if (request.user !== undefined)
      throw usageError(
        'USER_NOT_FOR_BINARY',
        'A binary runs as the caller: "user" is for images.',
        'Leave it out.',
      );
    const run: BinaryRun = {
      ...request,
      fixtures: await this.#bringFixtures(request.fixtures),
      subject,
      needed: request.fixtures.length === 0 ? [] : [stateDir],
      // What names are looked up by may lie there, and so may all of a machine of our own.
      ...(request.network === 'host' || isInside(stateDir, RUN_DIRECTORY)
        ? {}
        : { hidesRun: 'case' }),
    };
    const timing = {
      graceMs: GRACE_MS,
      ...(request.deadlineMs === undefined ? {} : { deadlineMs: request.deadlineMs }),
    };
    const readFiles = readBinaryChanges(request.fixtures);
    const program = expectedProgram(request, { platform: subject.platform, from: 'machine' });
    if (ids !== undefined) {
      // The subject is who the caller is here, as on the lanes of this machine.
      const kind = ids === 'all' && process.geteuid?.() === 0 ? 'all' : 'single';
      const spec = isolatedBinarySpawn(run, { kind }, { kind: 'none' });
      return {
        ...withBeside({ ...spec, ...timing }),
        ...program,
        readFiles,
        dispose: () => Promise.resolve(),
      };
    }
    const directory = [stateDir, 'work', crypto.randomUUID()].join('/');
    await client.mount([
      { kind: 'mkdir', path: directory, mode: 0o700 },
      ...plainDirectory(run, directory),
    ]);
    const spec = plainBinarySpawn(run, directory, { kind: 'none' });
    const dispose = async (): Promise<void> => {
      const argv = ['rm', '-rf', directory];
      await client.run({ argv, env: { PATH: '/usr/bin:/bin' } }).catch(() => undefined);
    };
    return { ...withBeside({ ...spec, ...timing }), ...program, readFiles, dispose };
  }

  async #prepareContainer(image: ImageSubject, request: CommandRequest): Promise<PreparedSpawn> {
    const { client, engine, ids, stateDir } = this.connection;
    if (engine === undefined) throw this.#imagesNotPossible();
    const scratch = `${stateDir}/scratch`;
    const [user, fixtures] = await Promise.all([
      this.#options.images.resolveUser(image, request.user ?? image.config.user),
      this.#bringFixtures(request.fixtures),
      client.mount([{ kind: 'mkdir', path: scratch, mode: 0o755 }]),
    ]);
    const run: ContainerRun = { ...request, subject: image, user, fixtures, graceMs: GRACE_MS };
    const { docker } = engine;
    // docker's daemon has all ids.
    const isSingle = ids === 'single' && docker === undefined;
    if (isSingle && (user.uid !== 0 || user.gid !== 0))
      throw userNotMapped(this.#options.laneId, user);
    const { spec, ...started } = engineSpawn(
      run,
      this.#enginePlace(engine, { scratch, isSingle }),
      { laneId: this.#options.laneId, translation: { kind: 'none' } },
    );
    const readFiles = readContainerChanges({
      root: image.root,
      fixtures: request.fixtures,
      cwd: spec.inner?.cwd ?? '/',
      runtimeFiles: request.hosts === undefined ? [] : [HOSTS_FILE],
    });
    const program = expectedProgram(request, { platform: image.platform, from: 'image' });
    const dispose = (): Promise<void> => Promise.resolve();
    return { ...withBeside(spec), ...started, ...program, readFiles, dispose };
  }

  #enginePlace(
    { crun, docker, runtime }: ContainerEngine,
    { scratch, isSingle }: { readonly scratch: string; readonly isSingle: boolean },
  ): EnginePlace {
    const { agentFile: agent } = this.connection;
    if (docker !== undefined)
      return { kind: 'docker', agent, docker: crun, host: docker, scratch, client: docker.client };
    return {
      kind: 'runtime',
      agent,
      crun,
      ...(runtime === undefined ? {} : { runtime }),
      scratch,
      canSetGroups: !isSingle,
      hasTerminalGroup: !isSingle,
    };
  }

  #bringFixtures(fixtures: readonly string[]): Promise<string[]> {
    return Promise.all(fixtures.map((fixture) => this.#content.placeFixture(fixture)));
  }

  async #bringBinary(subject: Extract<Subject, { kind: 'binary' }>): Promise<BinarySubject> {
    const binary = openBinary(subject, this.#options.platform);
    const path = await this.#content.placeProgram(binary.path);
    if (binary.interpreter !== undefined) await this.#requireLoader(binary, binary.interpreter);
    return { ...binary, path };
  }

  async #requireLoader({ path }: BinarySubject, interpreter: string): Promise<void> {
    try {
      await this.connection.client.stat(interpreter);
    } catch (cause) {
      if (this.connection.client.isLost) throw cause;
      throw usageError(
        'ELF_INTERPRETER_MISSING',
        `${path} needs the loader ${interpreter}, which the machine of the lane ${this.#options.laneId} does not have.`,
        'Link it statically.',
      );
    }
  }

  async #bringImage(reference: string): Promise<ImageSubject> {
    const { engine } = this.connection;
    if (engine === undefined) throw this.#imagesNotPossible();
    const image = await this.#options.images.open(reference);
    let place = this.#places.get(image.root);
    if (place === undefined) {
      place = engine.place(image);
      place.catch(() => this.#places.delete(image.root));
      this.#places.set(image.root, place);
    }
    return { ...image, rootThere: await place };
  }

  #imagesNotPossible(): ArchParityError {
    return new ArchParityError({
      code: 'IMAGES_NOT_POSSIBLE',
      message: `The lane ${this.#options.laneId} cannot run images: its machine ${this.connection.ids === undefined ? 'allows no namespaces, which containers need, and the user may not talk to a docker daemon' : 'has nothing to run containers with'}.`,
      advice:
        this.connection.ids === undefined
          ? 'Allow user namespaces there, or use a user who may use docker.'
          : 'Install crun, runc, podman or docker there.',
    });
  }
}
