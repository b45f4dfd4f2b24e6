import { caseOn, type Attempt } from '../core/index.ts';
import type { Interactive } from '../lanes/index.ts';
import { describeCommand, interactiveAsCase, requirePrepared } from './repro/case-command.ts';
import { openReproLane, prepareRepro, type ReproRequest } from './repro/prepare-repro.ts';

export interface ShellRequest extends ReproRequest {
  /** Absent: commands are read from stdin as it is. */
  readonly terminal?: { readonly rows: number; readonly columns: number };
  readonly onOutput: (stream: 'stdout' | 'stderr', data: Buffer) => void;
  /** Told of the shell once it can be spoken to. */
  readonly onStarted: (interactive: Interactive) => void;
}

/** The image's bash if it has one: its line can be edited. */
const ON_TERMINAL = 'command -v bash >/dev/null 2>&1 && exec bash --norc -i; exec sh -i';

/**
 * Opens a shell in the place of a recorded case's command: as its user, in its working directory and
 * environment, with its fixtures, after its setup.
 * @throws ArchParityError as `reproduceCase`, `CASE_SETUP_FAILED` (exit 2)
 */
export async function openCaseShell(request: ShellRequest): Promise<Attempt> {
  const { cancelSignal, onOutput, onStarted, say, terminal } = request;
  const prepared = await prepareRepro(request);
  try {
    const { lane } = await openReproLane(prepared, request);
    try {
      const definition = caseOn(prepared.definition, lane.info.platform);
      say(`the case runs here: ${await describeCommand(definition, lane)}`);
      if (definition.stdin !== undefined) say('its stdin is not given to it here');
      if (definition.with !== undefined)
        say(
          `its other containers are not started: ${definition.with.map(({ name }) => name).join(', ')}`,
        );
      const place = interactiveAsCase(definition);
      const interactive = await lane.interact({
        ...place,
        command: {
          kind: 'run',
          argv: terminal === undefined ? ['sh'] : ['sh', '-c', ON_TERMINAL],
        },
        env: { ...(terminal === undefined ? {} : { TERM: 'xterm' }), ...place.env },
        ...(terminal === undefined ? {} : { terminal }),
        onOutput,
      });
      // Who has given up meanwhile gets no shell.
      if (cancelSignal.aborted) interactive.kill();
      else onStarted(interactive);
      const attempt = await interactive.attempt;
      cancelSignal.throwIfAborted();
      requirePrepared(attempt);
      return attempt;
    } finally {
      await lane.close();
    }
  } finally {
    await prepared.close();
  }
}
