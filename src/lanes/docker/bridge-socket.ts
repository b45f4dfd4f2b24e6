import { createServer, type Server, type Socket } from 'node:net';
import type { AgentClient } from '../../agent/index.ts';

/** A Unix socket here whose connections end at a docker daemon elsewhere. */
export interface DockerBridge {
  /** Absolute. */
  readonly socket: string;
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
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    void relay(socket, target);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    socket: path,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function relay(socket: Socket, { client, docker, env }: BridgeTarget): Promise<void> {
  const dialled = client.spawn(
    { argv: [docker, 'system', 'dial-stdio'], env, cwd: '/' },
    {
      onOutput: (stream, data) => {
        if (stream === 'stdout' && !socket.destroyed) socket.write(data);
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
