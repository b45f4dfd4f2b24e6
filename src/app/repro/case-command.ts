import { caseOn, type CaseDefinition } from '../../core/index.ts';
import { commonProgramName, type CaseSurroundings, type Lane } from '../../lanes/index.ts';
import { quoteCommand } from '../../process/index.ts';

/** What a command in the place of a case's own finds there. */
export function surroundingsOf(definition: CaseDefinition): CaseSurroundings {
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

/** The command of a case on a lane, as one would type it there. */
export async function describeCommand(definition: CaseDefinition, lane: Lane): Promise<string> {
  const { command, subject } = caseOn(definition, lane.info.platform);
  switch (command.kind) {
    case 'run':
      return quoteCommand(command.argv);
    case 'shell':
      return command.script;
    case 'inspect':
      return 'nothing: it looks at the image';
    case 'subject': {
      if (subject.kind === 'binary') {
        const name = commonProgramName(Object.values(subject.paths));
        return quoteCommand([name, ...(command.args ?? [])]);
      }
      const { config } = await lane.imageRoot(subject.reference);
      return quoteCommand([...(config.entrypoint ?? []), ...(command.args ?? config.cmd ?? [])]);
    }
  }
}
