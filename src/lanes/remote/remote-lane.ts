import {
  ArchParityError,
  usageError,
  type Attempt,
  type CaseDefinition,
  type InfraFailure,
  type LaneInfo,
  type Subject,
} from '../../core/index.ts';
import { LostBeforeTurn, observeSpawn } from '../attempt/observe-spawn.ts';
import { MACHINE_SHORTAGE } from '../attempt/read-shortage.ts';
import {
  caseRequest,
  hasContainers,
  interactiveRequest,
  type CommandRequest,
} from '../attempt/prepared-spawn.ts';
import { startInteractive } from '../attempt/start-interactive.ts';
import { asUnsupported } from '../attempt/unsupported-errors.ts';
import type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from '../lane.ts';
import { LocalImages } from './local-images.ts';
import type { RemoteConnection, RemoteLaneParts } from './remote-connection.ts';
import { RemoteSite } from './remote-site.ts';

/** A lane whose agent runs on another machine or kernel. */
export class RemoteLane implements Lane {
  readonly info: LaneInfo;
  readonly emulationFactor: number;
  readonly #parts: RemoteLaneParts;
  readonly #images: LocalImages;
  #site: Promise<RemoteSite>;
  #reconnectsLeft: number;
  #isClosed = false;
  /** How often the machine had no memory left for a case. */
  #shortages = 0;

  constructor(parts: RemoteLaneParts) {
    this.#parts = parts;
    this.info = parts.info;
    this.emulationFactor = parts.emulationFactor;
    this.#reconnectsLeft = parts.reconnects;
    this.#images =
      parts.images ??
      new LocalImages({
        cacheDir: parts.cacheDir,
        platform: parts.info.platform,
        ...(parts.logger === undefined ? {} : { logger: parts.logger }),
      });
    this.#site = Promise.resolve(this.#siteOf(parts.connection));
  }

  async prepare(subject: Subject): Promise<void> {
    const site = await this.#liveSite();
    await this.#explained(site, () => site.bring(subject));
  }

  async imageRoot(reference: string): Promise<ImageRoot> {
    return this.#images.open(reference);
  }

  async observe(definition: CaseDefinition, options: AttemptOptions): Promise<Attempt> {
    if (definition.command.kind === 'inspect') return this.#inspect(definition, options);
    let retries = this.#parts.retriesLost ? 1 : 0;
    let isSecond = false;
    let wasLost = false;
    for (;;) {
      const site = await this.#liveSite();
      const shortagesBefore = this.#shortages;
      try {
        const attempt = await observeOn(site, definition, options);
        if (attempt.infra?.code === MACHINE_SHORTAGE) this.#shortages += 1;
        if (endedWell(attempt)) return attempt;
        // What failed while another case took all the memory is asked again, now that it is back.
        if (this.#shortages !== shortagesBefore && attempt.infra === undefined && !isSecond) {
          isSecond = true;
          continue;
        }
        const trouble = site.connection.findTrouble?.();
        return trouble === undefined ? attempt : { number: options.number, infra: trouble };
      } catch (error) {
        const unsupported = asUnsupported(error, options.number);
        if (unsupported !== undefined) return unsupported;
        const lost = await this.#explainLoss(site, error);
        if (lost === undefined) throw error;
        if (error instanceof LostBeforeTurn && !wasLost) {
          wasLost = true;
          continue;
        }
        if (retries === 0 || options.cancelSignal?.aborted === true)
          return { number: options.number, infra: lost };
        retries -= 1;
      }
    }
  }

  async interact(request: InteractiveRequest): Promise<Interactive> {
    const site = await this.#liveSite();
    const instrument = await this.#explained(site, () => watched(request, site));
    const prepared = await this.#explained(site, () =>
      site.prepare(request.subject, { ...interactiveRequest(request), ...instrument }),
    );
    const interactive = startInteractive(prepared.client ?? site.connection.client, {
      request,
      prepared,
      handlers: {
        onOutput: (stream, data) => {
          if (stream !== 'log') request.onOutput(stream, data);
        },
      },
      proven: () => Promise.resolve(),
    });
    const attempt = this.#explained(site, () => interactive.attempt);
    attempt.catch(() => undefined);
    return { ...interactive, attempt };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const site = await this.#site.catch(() => undefined);
    await Promise.all([site?.connection.close(), this.#images.close()]);
  }

  async #inspect(definition: CaseDefinition, options: AttemptOptions): Promise<Attempt> {
    const { subject } = definition;
    if (subject.kind !== 'image')
      throw usageError('INSPECT_NEEDS_IMAGE', 'Only an image can be inspected, not a binary.');
    const { inspectImageFiles } = await import('../attempt/inspect-image.ts');
    const { root, config, layoutDir, platform } = await this.#images.open(subject.reference);
    const { client, maps } = await this.#images.namespace();
    const observation = await inspectImageFiles(definition, {
      root,
      config,
      platform,
      client,
      maps,
      ...(layoutDir === undefined ? {} : { layoutDir }),
    });
    return { number: options.number, observation };
  }

  #siteOf(connection: RemoteConnection): RemoteSite {
    return new RemoteSite({
      connection,
      images: this.#images,
      platform: this.info.platform,
      laneId: this.info.id,
      cacheDir: this.#parts.cacheDir,
    });
  }

  /** The site of the connection that lives, of a new one if it broke and may be replaced. */
  async #liveSite(): Promise<RemoteSite> {
    const current = this.#site;
    const site = await current;
    if (!isLost(site.connection) || this.#isClosed) return site;
    // Others that wait may have replaced it meanwhile.
    if (this.#site !== current) return this.#liveSite();
    if (this.#reconnectsLeft === 0) return site;
    this.#reconnectsLeft -= 1;
    this.#site = this.#replace(site);
    return this.#site;
  }

  async #replace(broken: RemoteSite): Promise<RemoteSite> {
    await broken.connection.close();
    return this.#siteOf(await this.#parts.reconnect());
  }

  /** What to say of an error that came from a lost connection; `undefined` for any other. */
  async #explainLoss(site: RemoteSite, error: unknown): Promise<InfraFailure | undefined> {
    if (!isLost(site.connection) || !(error instanceof Error)) return undefined;
    return site.connection.explainLoss(error);
  }

  async #explained<T>(site: RemoteSite, use: () => Promise<T>): Promise<T> {
    try {
      return await use();
    } catch (error) {
      const lost = this.#isClosed ? undefined : await this.#explainLoss(site, error);
      if (lost === undefined) throw error;
      throw new ArchParityError({ ...lost, cause: error });
    }
  }
}

async function observeOn(
  site: RemoteSite,
  definition: CaseDefinition,
  options: AttemptOptions,
): Promise<Attempt> {
  const { client: own } = site.connection;
  if (!hasContainers(definition)) {
    const request = caseRequest(definition, options.deadlineMs);
    if (options.onTrace !== undefined) return observeTraced(site, definition, options);
    const prepared = await site.prepare(definition.subject, request);
    return observeSpawn(prepared.client ?? own, prepared, { definition, options });
  }
  const [{ prepareContainers }, { observeContainers }] = await Promise.all([
    import('../attempt/prepare-containers.ts'),
    import('../attempt/observe-containers.ts'),
  ]);
  const prepared = await prepareContainers(definition, options.deadlineMs, (subject, request) =>
    site.prepare(subject, request),
  );
  return observeContainers(prepared.main.client ?? own, prepared, { definition, options });
}

/** Whether one of the agents there is gone. */
function isLost({ client, engine }: RemoteConnection): boolean {
  return client.isLost || engine?.docker?.client.isLost === true;
}

/** The machine's trouble is no matter of an attempt that ended well beside another one. */
function endedWell({ observation }: Attempt): boolean {
  return observation?.termination.kind === 'exit' && observation.termination.code === 0;
}

/** An attempt whose command is traced there. */
async function observeTraced(
  site: RemoteSite,
  definition: CaseDefinition,
  options: AttemptOptions,
): Promise<Attempt> {
  const { finishRemoteTrace, startRemoteTrace } = await import('./watch-remote-case.ts');
  const instrument = await startRemoteTrace(site.connection);
  const request = { ...caseRequest(definition, options.deadlineMs), instrument };
  const prepared = await site.prepare(definition.subject, request);
  const attempt = await observeSpawn(site.connection.client, prepared, { definition, options });
  options.onTrace?.(await finishRemoteTrace(site.connection));
  return attempt;
}

/** What a command that is to be debugged is started by. */
async function watched(
  request: InteractiveRequest,
  { connection }: RemoteSite,
): Promise<Pick<CommandRequest, 'instrument'>> {
  const { debugPort: port } = request;
  if (port === undefined) return {};
  const { requireDebuggable } = await import('../tools/require-program.ts');
  requireDebuggable(request);
  const { debugRemoteCase } = await import('./watch-remote-case.ts');
  return { instrument: await debugRemoteCase(connection, port) };
}
