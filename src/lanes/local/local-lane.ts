import type { Attempt, CaseDefinition, LaneInfo, Subject } from '../../core/index.ts';
import { observeSpawn } from '../attempt/observe-spawn.ts';
import { caseRequest, interactiveRequest } from '../attempt/prepared-spawn.ts';
import { startInteractive } from '../attempt/start-interactive.ts';
import type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from '../lane.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import { LaneSubjects } from './lane-subjects.ts';
import { guardCommand } from './guard-command.ts';
import { prepareSpawn } from './prepare-spawn.ts';

/** A native or emulated lane on this machine. */
export class LocalLane implements Lane {
  readonly info: LaneInfo;
  readonly emulationFactor: number;
  readonly #parts: LocalLaneParts;
  readonly #subjects: LaneSubjects;

  constructor(parts: LocalLaneParts) {
    this.#parts = parts;
    this.#subjects = new LaneSubjects(parts);
    this.info = parts.info;
    this.emulationFactor = parts.emulationFactor;
  }

  async prepare(subject: Subject): Promise<void> {
    const opened = await this.#subjects.open(subject);
    if (opened.kind === 'image') await this.#subjects.containerPlace([opened.root]);
  }

  async imageRoot(reference: string): Promise<ImageRoot> {
    const { root, config } = await this.#subjects.openImage({ kind: 'image', reference });
    return { root, config };
  }

  async observe(definition: CaseDefinition, options: AttemptOptions): Promise<Attempt> {
    if (definition.command.kind === 'inspect') {
      const { inspectImageFiles } = await import('../attempt/inspect-image.ts');
      const { root, platform } = await this.#subjects.openImage(definition.subject);
      const { agent, maps } = this.#parts.opened;
      const observation = await inspectImageFiles(definition.command.what, {
        root,
        platform,
        client: agent.client,
        outputBytes: definition.limits.outputBytes,
        ...(maps === undefined ? {} : { maps }),
      });
      return { number: options.number, observation };
    }
    await this.#parts.verify();
    const prepared = await prepareSpawn(
      definition.subject,
      caseRequest(definition, options.deadlineMs),
      { parts: this.#parts, subjects: this.#subjects },
    );
    return observeSpawn(this.#parts.opened.agent.client, prepared, { definition, options });
  }

  async interact(request: InteractiveRequest): Promise<Interactive> {
    const prepared = await prepareSpawn(
      request.subject,
      {
        ...interactiveRequest(request),
        ...(request.subject.kind === 'binary' ? { callerDirectory: process.cwd() } : {}),
      },
      { parts: this.#parts, subjects: this.#subjects },
    );
    const guard = guardCommand(this.#parts, request, prepared);
    return startInteractive(this.#parts.opened.agent.client, {
      request,
      prepared,
      handlers: guard.handlers,
      proven: (spawned) => guard.proven(spawned),
    });
  }

  async close(): Promise<void> {
    await this.#parts.opened.agent.close();
  }
}
