import type { ImageConfig } from '../image/index.ts';
import type { Duplex } from 'node:stream';
import type {
  Attempt,
  BesideCommand,
  CaseDefinition,
  FactSubject,
  FactValue,
  LaneInfo,
  ServiceObservation,
  SocketNetwork,
  Subject,
  SystemCallTrace,
} from '../core/index.ts';

/** What runs in a container, and what its network has. */
export interface Surroundings {
  /** Names of processes as the kernel has them. */
  readonly processes: readonly string[];
  /** Sockets that wait for somebody: of TCP those that listen, of UDP all. */
  readonly sockets: readonly {
    readonly network: SocketNetwork;
    readonly address: string;
    readonly port: number;
  }[];
  readonly interfaces: readonly {
    readonly name: string;
    readonly mtu: number;
    /** With the length of their prefix, `127.0.0.1/8`. */
    readonly addresses: readonly string[];
  }[];
  /** Addresses by the names of `/etc/hosts`, in lower case. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  /** Of `/etc/resolv.conf`. */
  readonly nameServers: readonly string[];
}

/** Where a connection goes that is not one of TCP to the loopback interface. */
export interface ConnectionTarget {
  /** An IP address. */
  readonly address?: string;
  /** By UDP: what is written at once is a datagram. */
  readonly datagrams?: boolean;
}

/** A connection that the lane's agent makes from inside a container. */
export type ServiceConnection = Duplex & {
  /** Resolves when the service has accepted it. Rejects when it does not: the stream is then destroyed. */
  readonly opened: Promise<undefined>;
};

/** A container (or program) of a case that was started. */
export interface Container {
  /** Whether its process runs, as soon as it does or never will. */
  readonly started: Promise<boolean>;
  /** What came of it. Rejects when the lane's agent is lost. */
  readonly ended: Promise<Attempt>;
  /** @param target - absent = its loopback interface, by TCP */
  connect(port: number, target?: ConnectionTarget): ServiceConnection;
  /** Looks at what runs in it, which needs no program there. Rejects when it has ended or the agent is lost. */
  look(): Promise<Surroundings>;
  /** Looks at a file, package, user or group in it. Rejects as `look` does. */
  inspect(subject: FactSubject): Promise<Readonly<Record<string, FactValue>>>;
  /** Runs a command beside it. Rejects when the lane's agent is lost. */
  execute(command: BesideCommand, deadlineMs: number): Promise<Attempt>;
  /** Sends a signal to its process alone, by symbolic name. */
  signal(name: string): void;
  kill(): void;
}

/** Told of what a container prints. */
export type OutputListener = (stream: 'stdout' | 'stderr', data: Buffer) => void;

/** Starts the containers of a case, each at most once; they share one network. */
export interface ContainerStarter {
  /** The case's own command. */
  start(onOutput: OutputListener): Container;
  startCompanion(name: string, onOutput: OutputListener): Container;
}

/** When a subject may start. */
export interface Turn {
  /** Once the subject of this spawn, on the agent that was named, has ended; absent = now. */
  readonly after?: number;
  /** Whether that one has ended, or need not be waited for any more. */
  readonly hasBegun: () => boolean;
  /** To be told of the spawn of a subject behind which the agent may start the next. */
  readonly tellSpawn: (agent: object, spawned: SentSubject) => void;
}

/** A subject that an agent runs, or will when another has ended. */
export interface SentSubject {
  readonly id: number;
  /** Starts it now, whatever it waits for. */
  begin(): void;
}

/** What a lane needs besides the case itself to make one attempt. */
export interface AttemptOptions {
  /** From 1. */
  readonly number: number;
  readonly deadlineMs: number;
  /** Told of the output as it comes; it is kept in the observation all the same. */
  readonly onOutput?: (stream: 'stdout' | 'stderr' | 'log', data: Buffer) => void;
  /**
   * Asked once all is made ready; the subject starts when it resolves. A lane that starts nothing does not ask.
   * Rejects when the attempt was cancelled meanwhile. With the agent that may start it behind another of its
   * subjects, the turn may come while that one still runs.
   */
  readonly waitForTurn?: (agent?: object) => Promise<Turn>;
  /**
   * Told when nothing of the attempt needs a processor any more but its putting away. Not every attempt
   * knows before it is over.
   */
  readonly onSubjectEnded?: () => void;
  /** Runs of the command one after the other, each timed by itself (`Observation.runs`); absent = 1. */
  readonly repeat?: number;
  /** Processors that the subject is kept to. */
  readonly affinity?: readonly number[];
  /** What the subject prints goes to /dev/null: nobody reads it while it is timed. */
  readonly discardsOutput?: boolean;
  /** A binary works in this directory of the caller's, on lanes of this machine. */
  readonly callerDirectory?: string;
  /** Directories of this machine that such a binary may write to. */
  readonly writable?: readonly string[];
  /**
   * Starts, asks and stops the containers of a case with a service or further containers; whatever is left of them
   * when it settles is killed. Other cases need none.
   */
  readonly conduct?: (starter: ContainerStarter) => Promise<ServiceObservation>;
  /**
   * The command is traced, and this told of its system calls when it has ended.
   * @throws ArchParityError `WATCH_UNSUPPORTED`, `TRACE_NEEDS_PROGRAM`, `TOOL_MISSING` where the lane cannot
   */
  readonly onTrace?: (trace: SystemCallTrace) => void;
  /** Told of the process number of the command, where it has a namespace of its own. */
  readonly onStarted?: (pid: number) => void;
  /** Ends the attempt at once; its result is then of no use. */
  readonly cancelSignal?: AbortSignal;
}

/** What of a case a command in its place finds. */
export type CaseSurroundings = Pick<
  CaseDefinition,
  'container' | 'expand' | 'fixtures' | 'independentSetup' | 'limits' | 'setup'
>;

/** One command with the caller's own streams, as `archparity run` wants it. */
export interface InteractiveRequest {
  readonly subject: Subject;
  readonly command: CaseDefinition['command'];
  readonly env: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workdir?: string;
  /** Host directories that a binary may write to; all else is read-only. */
  readonly writable: readonly string[];
  readonly network: 'none' | 'host';
  readonly pid1: 'init' | 'subject';
  readonly terminal?: { readonly rows: number; readonly columns: number };
  /** It takes the place of a case's command; absent = nothing is made ready, and a binary works in our directory. */
  readonly asCase?: CaseSurroundings;
  /** It waits for a debugger that speaks gdb's remote protocol on this port (`Interactive.connect`). */
  readonly debugPort?: number;
  readonly onOutput: (stream: 'stdout' | 'stderr', data: Buffer) => void;
}

/** A command that runs with the caller's streams. */
export interface Interactive {
  /** Feeds bytes; `false` when the subject does not read any more. */
  write(data: Uint8Array): Promise<boolean>;
  end(): void;
  /** Signal number to the subject's process group, or to the subject `alone`. */
  signal(number: number, options?: { readonly alone?: boolean }): void;
  resize(rows: number, columns: number): void;
  kill(): void;
  /** @param port - on its loopback interface */
  connect(port: number): ServiceConnection;
  readonly attempt: Promise<Attempt>;
}

/** An image's root file system as files of this machine. */
export interface ImageRoot {
  /** Absolute host path; not to be written to. */
  readonly root: string;
  readonly config: ImageConfig;
  /** Of its manifest, which names it everywhere; absent for a directory of the user's. */
  readonly digest?: string;
  /** Where it was found, for people; absent for a file. */
  readonly origin?: string;
}

/** A place where subjects run, opened. */
export interface Lane {
  readonly info: LaneInfo;
  /**
   * How much slower than native this lane computes, measured by a short integer loop (≥ 1). Deadlines
   * that nobody wrote are scaled by it.
   */
  readonly emulationFactor: number;
  /**
   * Makes one attempt. A failing child is an observation, a broken lane an `infra` attempt.
   * @throws ArchParityError for a subject that this lane refuses (wrong platform, not an ELF, …)
   */
  observe(definition: CaseDefinition, options: AttemptOptions): Promise<Attempt>;
  /** Reads and checks a subject before any case runs. @throws ArchParityError */
  prepare(subject: Subject): Promise<void>;
  /**
   * Where the image of the lane's platform lies, unpacked. Some of it may be readable in the lane only.
   * @throws ArchParityError as `prepare`
   */
  imageRoot(reference: string): Promise<ImageRoot>;
  interact(request: InteractiveRequest): Promise<Interactive>;
  /** Ends the lane and everything in it. */
  close(): Promise<void>;
}
