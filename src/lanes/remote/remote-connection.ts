import type { AgentClient } from '../../agent/index.ts';
import type { InfraFailure, LaneInfo } from '../../core/index.ts';
import type { LocalImages } from './local-images.ts';
import type { DockerHost } from '../attempt/docker-spawn.ts';
import type { OtherRuntime } from '../attempt/runtime-command.ts';
import type { ImageSubject } from '../attempt/subject.ts';
import type { PortableTool } from '../tools/portable-tool.ts';

/** What runs the containers of a lane on another machine. */
export interface ContainerEngine {
  /** Absolute path there of what starts a container. */
  readonly crun: string;
  /** Absent = `crun` is crun. */
  readonly runtime?: OtherRuntime;
  /** Containers are started by a docker daemon there, whose client is `crun`. */
  readonly docker?: DockerEngine;
  /**
   * Makes an unpacked image available there and gives the absolute directory of its root, which is not
   * written to, or docker's name for it. Called once for an image and a connection.
   * @throws ArchParityError
   */
  place(image: ImageSubject): Promise<string>;
}

/** A docker daemon on the other machine. */
export interface DockerEngine extends DockerHost {
  /** The agent that calls docker: one without namespaces, which would end what must end the container. */
  readonly client: AgentClient;
}

/** A connected agent on another machine (or kernel), where no path of this one is to be seen. */
export interface RemoteConnection {
  readonly client: AgentClient;
  /** Absolute directory there in which all that we bring lies; made when it is missing. */
  readonly stateDir: string;
  /** The agent's own file there, which becomes PID 1 of containers. */
  readonly agentFile: string;
  /**
   * Which ids the agent has: those of a whole machine (it is root), those of a user namespace with
   * subordinate ids, one alone. Absent: it has no namespaces, so a binary runs without isolation.
   */
  readonly ids?: 'all' | 'subordinate' | 'single';
  /** Absent: no images. */
  readonly engine?: ContainerEngine;
  /** What is known of the end of a connection that broke, e.g. the console's last lines. */
  explainLoss(error: Error): Promise<InfraFailure>;
  /** A tool for its platform that watches commands there; absent: there is none. */
  tool?(name: 'gdbserver' | 'strace'): Promise<PortableTool>;
  /**
   * Looks whether the machine itself spoiled an attempt that ended in an orderly way, e.g. by running
   * out of memory.
   */
  findTrouble?(): InfraFailure | undefined;
  close(): Promise<void>;
}

/** What a lane on another machine is made of. */
export interface RemoteLaneParts {
  readonly info: LaneInfo;
  readonly emulationFactor: number;
  /** From `ensureCacheRoot`, on this machine. */
  readonly cacheDir: string;
  readonly connection: RemoteConnection;
  /** Opens a new connection after a loss. @throws ArchParityError */
  readonly reconnect: () => Promise<RemoteConnection>;
  /** How often a lost connection is replaced in the life of the lane. */
  readonly reconnects: number;
  /** Whether an attempt that lost its connection is made once more on the next one. */
  readonly retriesLost: boolean;
  /** Images, where the one who makes connections needs them, too; closed with the lane. */
  readonly images?: LocalImages;
  readonly logger?: (command: string) => void;
}
