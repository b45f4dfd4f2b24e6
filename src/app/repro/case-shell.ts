import { caseOn, usageError, type Attempt } from '../../core/index.ts';
import type { Interactive } from '../../lanes/index.ts';
import { describeCommand, surroundingsOf } from './case-command.ts';
import { openReproLane, prepareRepro, type ReproRequest } from './prepare-repro.ts';

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
  const { onOutput, onStarted, say, terminal } = request;
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
      const interactive = await lane.interact({
        subject: definition.subject,
        command:
          terminal === undefined
            ? { kind: 'run', argv: ['sh'] }
            : { kind: 'run', argv: ['sh', '-c', ON_TERMINAL] },
        env: { ...(terminal === undefined ? {} : { TERM: 'xterm' }), ...definition.env },
        ...(definition.user === undefined ? {} : { user: definition.user }),
        ...(definition.workdir === undefined ? {} : { workdir: definition.workdir }),
        writable: [],
        network: definition.network,
        pid1: 'init',
        asCase: surroundingsOf(definition),
        ...(terminal === undefined ? {} : { terminal }),
        onOutput,
      });
      onStarted(interactive);
      const attempt = await interactive.attempt;
      const failure = attempt.observation?.setupFailure;
      if (failure === undefined) return attempt;
      throw usageError(
        'CASE_SETUP_FAILED',
        `The case could not be made ready: ${failure}.`,
        'Mend the setup of the case; archparity run -t opens a shell without it.',
      );
    } finally {
      await lane.close();
    }
  } finally {
    await prepared.close();
  }
}
