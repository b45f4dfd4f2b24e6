import type { CaseDefinition, Subject } from '../../core/index.ts';
import { hostsFile } from './host-names.ts';
import { caseRequest, type CommandRequest, type PreparedSpawn } from './prepared-spawn.ts';
import { networkNotShared } from './unsupported-errors.ts';

/** What a case with a service or further containers starts, made ready. */
export interface PreparedContainers {
  readonly main: PreparedSpawn;
  readonly companions: readonly { readonly name: string; readonly spawn: PreparedSpawn }[];
}

/**
 * Makes all containers of a case ready.
 * @param prepare - makes one of them ready, as the lane does
 * @throws ArchParityError what `prepare` throws; then nothing that was made ready is left
 */
export async function prepareContainers(
  definition: CaseDefinition,
  deadlineMs: number,
  prepare: (subject: Subject, request: CommandRequest) => Promise<PreparedSpawn>,
): Promise<PreparedContainers> {
  const wanted = definition.with ?? [];
  const hosts = hostsFile(wanted.map(({ name }) => name));
  const made: PreparedSpawn[] = [];
  const keep = async (making: Promise<PreparedSpawn>): Promise<PreparedSpawn> => {
    const spawn = await making;
    made.push(spawn);
    return spawn;
  };
  try {
    const main = await keep(
      prepare(definition.subject, { ...caseRequest(definition, deadlineMs), hosts }),
    );
    const companions = [];
    for (const { command, env, name, subject } of wanted) {
      const spawn = await keep(
        prepare(subject, {
          command,
          env,
          hosts,
          deadlineMs,
          network: definition.network,
          pid1: 'init',
          fixtures: [],
          setup: [],
          teardown: [],
          reportFiles: false,
          writable: [],
        }),
      );
      companions.push({ name, spawn });
    }
    // What different agents start is in no network of one another.
    if (new Set(made.map(({ client }) => client)).size > 1) throw networkNotShared();
    return { main, companions };
  } catch (error) {
    await Promise.all(made.map((spawn) => spawn.dispose()));
    throw error;
  }
}
