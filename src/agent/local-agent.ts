import { startProcess, type RunningProcess } from '../process/index.ts';
import { AgentClient } from './client.ts';

/** One line of a user namespace's map: ids from `inner` on are those from `outer` on, `count` of them. */
export interface IdMap {
  readonly inner: number;
  readonly outer: number;
  readonly count: number;
}

export interface NamespaceOptions {
  readonly uidMaps: readonly IdMap[];
  readonly gidMaps: readonly IdMap[];
  /** The setuid programs that write maps of more than one's own id; absent = written directly. */
  readonly mapTools?: { readonly newuidmap: string; readonly newgidmap: string };
}

export interface LocalAgentOptions {
  readonly file: string;
  /** Namespaces to enter; absent = none. */
  readonly namespaces?: NamespaceOptions;
  readonly logger?: (command: string) => void;
}

/** An agent that runs on this machine as our child. */
export interface LocalAgent {
  readonly client: AgentClient;
  readonly process: RunningProcess;
  /** What the agent and its helpers (newuidmap) wrote to stderr so far; at most 16 KiB. */
  stderr(): string;
  /** Ends the agent and all that it started; resolves when the process is gone. */
  close(): Promise<void>;
}

/** The words that start an agent: in namespaces of its own, or without. */
export function agentArguments(namespaces: NamespaceOptions | undefined): string[] {
  if (namespaces === undefined) return ['serve'];
  const words = (flag: string, maps: readonly IdMap[]): string[] =>
    maps.flatMap((map) => [flag, `${String(map.inner)}:${String(map.outer)}:${String(map.count)}`]);
  const tools =
    namespaces.mapTools === undefined
      ? []
      : [
          '--newuidmap',
          namespaces.mapTools.newuidmap,
          '--newgidmap',
          namespaces.mapTools.newgidmap,
        ];
  return [
    'lane',
    ...words('--uid-map', namespaces.uidMaps),
    ...words('--gid-map', namespaces.gidMaps),
    ...tools,
  ];
}

/**
 * Starts an agent on this machine. It runs in a session of its own, so that the terminal's Ctrl-C
 * reaches us alone, and it ends with our end of its stdin.
 * @throws AgentRequestError with the step that failed (a namespace that is not allowed, a map …)
 * @throws ArchParityError `AGENT_LOST`, `AGENT_VERSION`, `PROCESS_NOT_STARTED`
 */
export async function startLocalAgent(options: LocalAgentOptions): Promise<LocalAgent> {
  const running = await startProcess(options.file, agentArguments(options.namespaces), {
    detached: true,
    clearEnv: true,
    ...(options.logger === undefined ? {} : { logger: options.logger }),
  });
  let stderr = '';
  running.stderr?.on('data', (chunk: Buffer) => {
    if (stderr.length < 16384) stderr += chunk.toString();
  });
  const close = async (): Promise<void> => {
    running.stdin.end();
    await running.exited;
  };
  try {
    const client = await AgentClient.connect({ input: running.stdin, output: running.stdout });
    return { client, process: running, stderr: () => stderr, close };
  } catch (error) {
    await close();
    throw error;
  }
}
