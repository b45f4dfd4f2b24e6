import type { Attempt, CaseDefinition, LaneInfo, Subject } from '../../core/index.ts';
import { LostBeforeTurn, observeSpawn } from '../attempt/observe-spawn.ts';
import { caseRequest, hasContainers, interactiveRequest } from '../attempt/prepared-spawn.ts';
import { NOT_STARTED } from '../attempt/read-outcome.ts';
import { startInteractive } from '../attempt/start-interactive.ts';
import { asUnsupported } from '../attempt/unsupported-errors.ts';
import type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from '../lane.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import { LaneSubjects } from './lane-subjects.ts';
import { countInstructions } from './count-instructions.ts';
import { guardCommand } from './guard-command.ts';
import { prepareSpawn, type SpawnContext } from './prepare-spawn.ts';
import type { CommandRequest } from '../attempt/prepared-spawn.ts';

/** A native or emulated lane on this machine. */
export class LocalLane implements Lane {
  readonly info: LaneInfo;
  readonly emulationFactor: number;
  readonly #reopen: () => Promise<LocalLaneParts>;
  #context: Promise<SpawnContext>;
  #mayReopen = true;

  /** @param reopen - makes the same parts anew, when the agent was ended from outside */
  constructor(parts: LocalLaneParts, reopen: () => Promise<LocalLaneParts>) {
    this.#reopen = reopen;
    this.#context = Promise.resolve({ parts, subjects: new LaneSubjects(parts) });
    this.info = parts.info;
    this.emulationFactor = parts.emulationFactor;
  }

  async prepare(subject: Subject): Promise<void> {
    const { parts, subjects } = await this.#liveContext();
    const opened = await subjects.open(subject);
    if (opened.kind !== 'image') return;
    await parts.engine.bring(opened);
    await parts.engine.place([opened.root]);
  }

  async imageRoot(reference: string): Promise<ImageRoot> {
    const { subjects } = await this.#liveContext();
    return subjects.openImage({ kind: 'image', reference });
  }

  async observe(definition: CaseDefinition, options: AttemptOptions): Promise<Attempt> {
    const context = this.#context;
    try {
      const attempt = await this.#attempt(definition, options);
      if (attempt.infra?.code !== NOT_STARTED) return attempt;
      const wasLost = this.#context !== context || (await this.#engineIsLost());
      if (!wasLost) return attempt;
    } catch (error) {
      if (!(error instanceof LostBeforeTurn)) throw error;
    }
    return this.#attempt(definition, options).catch((error: unknown) => {
      throw error instanceof LostBeforeTurn ? error.cause : error;
    });
  }

  async #engineIsLost(): Promise<boolean> {
    const { parts } = await this.#context;
    return parts.engine.checkLost();
  }

  async #attempt(definition: CaseDefinition, options: AttemptOptions): Promise<Attempt> {
    const context = await this.#liveContext();
    if (definition.command.kind === 'inspect') return inspect(definition, options, context);
    await context.parts.verify();
    try {
      if (hasContainers(definition)) return await observeService(definition, options, context);
      const request = {
        ...caseRequest(definition, options.deadlineMs),
        ...callerPlace(definition, options),
      };
      const { client } = context.parts.opened.agent;
      if (options.onTrace !== undefined)
        return await observeTraced(definition, options, { context, request });
      const observe = async (place: SpawnContext): Promise<Attempt> => {
        const prepared = await prepareSpawn(definition.subject, request, place);
        return observeSpawn(prepared.client ?? client, prepared, { definition, options });
      };
      return await (context.parts.libraries === undefined
        ? observe(context)
        : countInstructions((countFile) => observe({ ...context, countFile })));
    } catch (error) {
      const unsupported = asUnsupported(error, options.number);
      if (unsupported === undefined) throw error;
      return unsupported;
    }
  }

  async interact(request: InteractiveRequest): Promise<Interactive> {
    const context = await this.#liveContext();
    const prepared = await prepareSpawn(
      request.subject,
      {
        ...interactiveRequest(request),
        ...(await watched(request, context)),
        ...(request.subject.kind === 'binary' && request.asCase === undefined
          ? { callerDirectory: process.cwd() }
          : {}),
      },
      context,
    );
    const guard = guardCommand(context.parts, request, prepared);
    return startInteractive(prepared.client ?? context.parts.opened.agent.client, {
      request,
      prepared,
      handlers: guard.handlers,
      proven: (spawned) => guard.proven(spawned),
    });
  }

  async close(): Promise<void> {
    this.#mayReopen = false;
    const context = await this.#context.catch(() => undefined);
    if (context !== undefined) await closeParts(context.parts);
  }

  /**
   * The lane as it is, opened once again when its agent or its engine is gone (killed, or out of memory): the
   * attempts that were under way are lost with it, those to come are not.
   */
  async #liveContext(): Promise<SpawnContext> {
    const current = this.#context;
    const context = await current;
    const { engine, opened } = context.parts;
    if (!opened.agent.client.isLost && !engine.isLost()) return context;
    // Others that wait may have opened it meanwhile.
    if (this.#context !== current) return this.#liveContext();
    if (!this.#mayReopen) return context;
    this.#mayReopen = false;
    this.#context = this.#openAgain(context.parts);
    return this.#context;
  }

  async #openAgain(broken: LocalLaneParts): Promise<SpawnContext> {
    await closeParts(broken);
    const parts = await this.#reopen();
    return { parts, subjects: new LaneSubjects(parts) };
  }
}

async function closeParts({ engine, opened }: LocalLaneParts): Promise<void> {
  await Promise.all([engine.close(), opened.agent.close()]);
}

function callerPlace(
  { subject }: CaseDefinition,
  { callerDirectory, writable = [] }: AttemptOptions,
): { callerDirectory?: string; writable?: readonly string[] } {
  if (callerDirectory === undefined || subject.kind !== 'binary') return {};
  return { callerDirectory, writable };
}

async function observeService(
  definition: CaseDefinition,
  options: AttemptOptions,
  context: SpawnContext,
): Promise<Attempt> {
  const [{ prepareContainers }, { observeContainers }] = await Promise.all([
    import('../attempt/prepare-containers.ts'),
    import('../attempt/observe-containers.ts'),
  ]);
  const prepared = await prepareContainers(definition, options.deadlineMs, (subject, request) =>
    prepareSpawn(subject, request, context),
  );
  const { client = context.parts.opened.agent.client } = prepared.main;
  return observeContainers(client, prepared, { definition, options });
}

async function inspect(
  definition: CaseDefinition,
  { number }: AttemptOptions,
  { parts, subjects }: SpawnContext,
): Promise<Attempt> {
  const { inspectImageFiles } = await import('../attempt/inspect-image.ts');
  const { root, config, layoutDir, platform } = await subjects.openImage(definition.subject);
  const { agent, maps } = parts.opened;
  const observation = await inspectImageFiles(definition, {
    root,
    config,
    platform,
    client: agent.client,
    ...(layoutDir === undefined ? {} : { layoutDir }),
    ...(maps === undefined ? {} : { maps }),
  });
  return { number, observation };
}

/** An attempt whose command is traced. */
async function observeTraced(
  definition: CaseDefinition,
  options: AttemptOptions,
  { context, request }: { readonly context: SpawnContext; readonly request: CommandRequest },
): Promise<Attempt> {
  const { startTrace } = await import('./watch-case.ts');
  if (context.parts.info.kind === 'emulated') {
    const { requireTraceable } = await import('../tools/require-program.ts');
    requireTraceable(definition.subject, definition.command);
  }
  const session = await startTrace(context, definition.subject);
  try {
    const { instrument } = session;
    const prepared = await prepareSpawn(definition.subject, { ...request, instrument }, context);
    let root: number | undefined;
    const attempt = await observeSpawn(context.parts.opened.agent.client, prepared, {
      definition,
      options: {
        ...options,
        onStarted: (pid) => {
          root = pid;
        },
      },
    });
    const trace = await session.finish();
    const isMixed = instrument.wrap === undefined;
    options.onTrace?.({ ...trace, ...(isMixed && root !== undefined ? { root } : {}) });
    return attempt;
  } finally {
    await session.close();
  }
}

/** What a command that is to be debugged is started by. */
async function watched(
  request: InteractiveRequest,
  context: SpawnContext,
): Promise<Pick<CommandRequest, 'instrument'>> {
  const { debugPort: port } = request;
  if (port === undefined) return {};
  const { requireDebuggable } = await import('../tools/require-program.ts');
  requireDebuggable(request);
  const { debugInstrument } = await import('./watch-case.ts');
  return { instrument: await debugInstrument(context, { subject: request.subject, port }) };
}
