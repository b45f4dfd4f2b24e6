import { LANE_ENGINES, type LaneEngine } from '../app/set-engine.ts';

/** The option of {@link ENGINE_OPTION} after parsing. */
export interface EngineArguments {
  readonly engine?: LaneEngine;
}

/** What runs images on lanes of this machine. */
export const ENGINE_OPTION = {
  engine: {
    choices: LANE_ENGINES,
    describe: 'What runs images on native and emulated lanes that name no engine= (default: crun)',
  },
} as const;

/** The engine that the user asked for, where there is one. */
export function readEngineOption({ engine }: EngineArguments): EngineArguments {
  return engine === undefined ? {} : { engine };
}
