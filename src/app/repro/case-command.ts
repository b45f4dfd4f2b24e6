import { caseOn, usageError, type Attempt, type CaseDefinition } from '../../core/index.ts';
import { commonProgramName, type CaseSurroundings, type Lane } from '../../lanes/index.ts';
import { quoteCommand } from '../../process/index.ts';

/** What a command in the place of a case's own finds there. */
function surroundingsOf(definition: CaseDefinition): CaseSurroundings {
  const { container, expand, fixtures, independentSetup, limits, setup } = definition;
  return {
    fixtures,
    setup,
    limits,
    ...(independentSetup === undefined ? {} : { independentSetup }),
    // Of the words of its own command only.
    ...(expand === undefined ? {} : { expand: { ...expand, words: false } }),
    ...(container === undefined ? {} : { container }),
  };
}

/** argv of a case's command on a lane. */
export async function commandWords(definition: CaseDefinition, lane: Lane): Promise<string[]> {
  const { command, subject } = caseOn(definition, lane.info.platform);
  switch (command.kind) {
    case 'run':
      return [...command.argv];
    case 'shell':
      return ['sh', '-c', command.script];
    case 'inspect':
      return [];
    case 'subject': {
      if (subject.kind === 'binary')
        return [commonProgramName(Object.values(subject.paths)), ...(command.args ?? [])];
      const { config } = await lane.imageRoot(subject.reference);
      return [...(config.entrypoint ?? []), ...(command.args ?? config.cmd ?? [])];
    }
  }
}

/** The command of a case on a lane, as one would type it there. */
export async function describeCommand(definition: CaseDefinition, lane: Lane): Promise<string> {
  const words = await commandWords(definition, lane);
  return words.length === 0 ? 'nothing: it looks at the image' : quoteCommand(words);
}

/** The place of a case's command, for a command that is started in its stead. */
export function interactiveAsCase(definition: CaseDefinition) {
  const { env, network, subject, user, workdir } = definition;
  return {
    subject,
    env,
    network,
    writable: [],
    pid1: 'init',
    asCase: surroundingsOf(definition),
    ...(user === undefined ? {} : { user }),
    ...(workdir === undefined ? {} : { workdir }),
  } as const;
}

/** @throws ArchParityError `CASE_SETUP_FAILED` (exit 2) when the command was never started for that */
export function requirePrepared({ observation }: Attempt): void {
  if (observation?.setupFailure === undefined) return;
  throw usageError(
    'CASE_SETUP_FAILED',
    `The case could not be made ready: ${observation.setupFailure}.`,
    'Mend the setup of the case; archparity run -t opens a shell without it.',
  );
}
