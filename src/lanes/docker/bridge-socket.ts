import { createServer, type Server, type Socket } from 'node:net';
import type { AgentClient } from '../../agent/index.ts';

const KEPT = 4096;

/** A Unix socket here whose connections end at a docker daemon elsewhere. */
export interface DockerBridge {
  /** Absolute. */
  readonly socket: string;
  /** What the other end last said besides. */
  said(): string;
  close(): Promise<void>;
}

export interface BridgeTarget {
  readonly client: AgentClient;
  /** Absolute path there of docker's client. */
  readonly docker: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Listens at a socket and relays each connection to the daemon by `docker system dial-stdio` there, as docker's
 * own `ssh://` does; all of them go over the one connection that was checked before.
 */
export async function bridgeDocker(path: string, target: BridgeTarget): Promise<DockerBridge> {
  const sockets = new Set<Socket>();
  let said = '';
  const hear = (text: string): void => void (said = `${said}${text}`.slice(-KEPT));
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    void relay(socket, target, hear);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    socket: path,
    said: () => said.trim(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function relay(
  socket: Socket,
  { client, docker, env }: BridgeTarget,
  hear: (text: string) => void,
): Promise<void> {
  const dialled = client.spawn(
    { argv: [docker, 'system', 'dial-stdio'], env, cwd: '/' },
    {
      onOutput: (stream, data) => {
        if (stream === 'stderr') hear(data.toString());
        else if (!socket.destroyed) socket.write(data);
      },
    },
  );
  void dialled.outcome.then(
    () => socket.end(),
    () => socket.destroy(),
  );
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) await dialled.writeStdin(chunk);
  } catch {
    // The client here has gone: what it asked for is given up there, too.
  }
  dialled.endStdin();
}
