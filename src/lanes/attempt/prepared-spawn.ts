import type { AgentClient, SpawnOutcome, SpawnSpec } from '../../agent/index.ts';
import type {
  BesideCommand,
  CaseDefinition,
  ChangedFile,
  ContainerOptions,
  Expansion,
  Platform,
} from '../../core/index.ts';
import type { InteractiveRequest } from '../lane.ts';
import type { Instrument } from './instrument.ts';

/** What a case and an interactive command have in common. */
export interface CommandRequest {
  readonly command: CaseDefinition['command'];
  readonly env: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  readonly network: 'none' | 'host';
  readonly pid1: 'init' | 'subject';
  readonly fixtures: readonly string[];
  readonly setup: readonly (readonly string[])[];
  readonly teardown: readonly (readonly string[])[];
  readonly independentSetup?: boolean;
  readonly expand?: Expansion;
  readonly container?: ContainerOptions;
  readonly reportFiles: boolean;
  readonly deadlineMs?: number;
  readonly terminal?: { readonly rows: number; readonly columns: number };
  readonly callerDirectory?: string;
  readonly writable: readonly string[];
  /** The /etc/hosts of a container in a case with several; absent = the image's. A binary has the machine's. */
  readonly hosts?: string;
  /** Absent = none. */
  readonly limits?: CaseDefinition['limits'];
  /** What watches the command. */
  readonly instrument?: Instrument;
}

/** The platform of the program that is started, and whose it is: the image's, or the machine's own. */
export interface ExpectedProgram {
  readonly platform: Platform;
  readonly from: 'image' | 'machine';
}

/** A container's name in its engine, and what starts it in the network of another one. */
export interface EngineNetwork {
  readonly name: string;
  readonly join: (name: string) => SpawnSpec;
}

export interface PreparedSpawn {
  readonly spec: SpawnSpec;
  /** The agent that runs it; absent = the lane's. */
  readonly client?: AgentClient;
  /** What the started program must be for; absent = an emulator is started in its place. */
  readonly program?: ExpectedProgram;
  /** Whether the agent holds the case to its limits of memory and processes. */
  readonly enforcesLimits?: boolean;
  /** A command beside the subject, for {@link SpawnSpec.inside}. */
  readonly beside: (command: BesideCommand) => SpawnSpec;
  /** How its engine has it share a network with others; absent = the agent does. */
  readonly engineNetwork?: EngineNetwork;
  /** Changed files out of what the agent reports. */
  readonly readFiles: (outcome: SpawnOutcome) => Promise<readonly ChangedFile[]>;
  /** Puts away what the lane made for it. */
  readonly dispose: () => Promise<void>;
}

/** Between SIGTERM and SIGKILL at a deadline. */
export const GRACE_MS = 2000;

/** Of a terminal that nobody looks at. */
const TERMINAL_SIZE = { rows: 24, columns: 80 };

/** A case as a command. */
export function caseRequest(definition: CaseDefinition, deadlineMs: number): CommandRequest {
  return {
    ...definition,
    reportFiles: looksAtFiles(definition),
    deadlineMs,
    writable: [],
    ...(definition.container?.terminal === true ? { terminal: TERMINAL_SIZE } : {}),
  };
}

/** A command with the caller's streams: nothing is reported, and prepared what its case wants. */
export function interactiveRequest({
  asCase,
  debugPort: _debugPort,
  ...request
}: InteractiveRequest): CommandRequest {
  return { fixtures: [], setup: [], ...asCase, ...request, teardown: [], reportFiles: false };
}

/** Whether a case is more than one command. */
export function hasContainers({ service, with: companions = [] }: CaseDefinition): boolean {
  return service !== undefined || companions.length > 0;
}

function looksAtFiles(definition: CaseDefinition): boolean {
  const overlays = Object.values(definition.expect.platform ?? {});
  return (
    definition.compare.includes('files') ||
    [definition.expect, ...overlays].some((expectation) => expectation.files !== undefined)
  );
}
