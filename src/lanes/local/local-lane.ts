import { readFile } from 'node:fs/promises';
import type { Spawned, SpawnSpec } from '../../agent/index.ts';
import type { Attempt, CaseDefinition, LaneInfo, Subject } from '../../core/index.ts';
import type { AttemptOptions, ImageRoot, Interactive, InteractiveRequest, Lane } from '../lane.ts';
import type { LocalLaneParts } from './lane-parts.ts';
import { LaneSubjects } from './lane-subjects.ts';
import { guardCommand } from './guard-command.ts';
import { prepareSpawn } from './prepare-spawn.ts';
import { readOutcome } from './read-outcome.ts';

/** Bytes kept of each changed file. */
const CONTENT_LIMIT = 256 * 1024;

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
      const { inspectImageFiles } = await import('./inspect-image.ts');
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
      {
        ...definition,
        reportFiles: looksAtFiles(definition),
        deadlineMs: options.deadlineMs,
        writable: [],
      },
      { parts: this.#parts, subjects: this.#subjects },
    );
    try {
      const stdin = await readStdin(definition);
      const spec: SpawnSpec = {
        ...prepared.spec,
        outputLimit: definition.limits.outputBytes,
        ...(stdin === undefined ? { stdin: 'null' } : {}),
      };
      const spawned = this.#parts.opened.agent.client.spawn(spec, {
        contentLimit: CONTENT_LIMIT,
        ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput, collect: true }),
        ...(options.onSubjectEnded === undefined || definition.teardown.length > 0
          ? {}
          : { onEnded: options.onSubjectEnded }),
      });
      const cancel = (): void => {
        spawned.kill();
      };
      options.cancelSignal?.addEventListener('abort', cancel, { once: true });
      const [outcome] = await Promise.all([spawned.outcome, feed(spawned, stdin)]);
      options.cancelSignal?.removeEventListener('abort', cancel);
      return readOutcome(outcome, {
        number: options.number,
        deadlineMs: options.deadlineMs,
        setup: definition.setup,
        files: await prepared.readFiles(outcome),
        unenforcedLimits: unenforcedLimits(definition),
        isPid1: definition.pid1 === 'subject',
      });
    } finally {
      await prepared.dispose();
    }
  }

  async interact(request: InteractiveRequest): Promise<Interactive> {
    const prepared = await prepareSpawn(
      request.subject,
      {
        ...request,
        fixtures: [],
        setup: [],
        teardown: [],
        reportFiles: false,
        ...(request.subject.kind === 'binary' ? { callerDirectory: process.cwd() } : {}),
      },
      { parts: this.#parts, subjects: this.#subjects },
    );
    let killed = false;
    const guard = guardCommand(this.#parts, request);
    const spawned = this.#parts.opened.agent.client.spawn(prepared.spec, guard.handlers);
    const attempt = guard
      .proven(spawned)
      .then(() => spawned.outcome)
      .then((outcome) =>
        readOutcome(outcome, {
          number: 1,
          deadlineMs: 0,
          setup: [],
          unenforcedLimits: [],
          isPid1: request.pid1 === 'subject',
          killed,
        }),
      )
      .finally(prepared.dispose);
    attempt.catch(() => undefined);
    return {
      attempt,
      write: (data) => spawned.writeStdin(data),
      end: () => {
        spawned.endStdin();
      },
      signal: (number) => {
        spawned.signal(number);
      },
      resize: (rows, columns) => {
        spawned.resize(rows, columns);
      },
      kill: () => {
        killed = true;
        spawned.kill();
      },
    };
  }

  async close(): Promise<void> {
    await this.#parts.opened.agent.close();
  }
}

function looksAtFiles(definition: CaseDefinition): boolean {
  const overlays = Object.values(definition.expect.platform ?? {});
  return (
    definition.compare.includes('files') ||
    [definition.expect, ...overlays].some((expectation) => expectation.files !== undefined)
  );
}

async function readStdin(definition: CaseDefinition): Promise<Buffer | undefined> {
  const { stdin } = definition;
  if (stdin === undefined) return undefined;
  return 'text' in stdin ? Buffer.from(stdin.text) : readFile(stdin.file);
}

async function feed(spawned: Spawned, stdin: Buffer | undefined): Promise<void> {
  if (stdin === undefined) return;
  await spawned.writeStdin(stdin);
  spawned.endStdin();
}

/** No cgroup is delegated to a rootless lane, and RLIMIT_AS breaks QEMU's code buffer. */
function unenforcedLimits({ limits }: CaseDefinition): string[] {
  return [
    ...(limits.pids === undefined ? [] : ['pids']),
    ...(limits.memoryBytes === undefined ? [] : ['memory']),
  ];
}
