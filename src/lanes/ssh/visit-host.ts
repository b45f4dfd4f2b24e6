import { findPlatform, parsePlatform, type LaneSpec } from '../../core/index.ts';
import { connectHost, type ConnectHostOptions, type HostConnection } from './connect-host.ts';
import { removeAll } from './host-upkeep.ts';
import { readSshSettings } from './ssh-settings.ts';
import { formatSshTarget } from './ssh-target.ts';

/** What a host can do, as found by connecting to it. */
export interface HostReport {
  readonly host: string;
  readonly user: string;
  readonly platform: string;
  readonly kernel: string;
  /** Bytes. */
  readonly pageSize: number;
  readonly cpu: string;
  readonly stateDirectory: string;
  readonly freeKib?: number;
  /** Whether cases get namespaces of their own there; `reason` says why not. */
  readonly namespaces: boolean;
  readonly reason?: string;
  /** Absolute paths of the container tools by name. */
  readonly tools: Readonly<Record<string, string>>;
}

type VisitOptions = Pick<ConnectHostOptions, 'cacheDir' | 'logger' | 'cancelSignal'>;

async function visit<T>(
  spec: LaneSpec,
  options: VisitOptions,
  use: (host: HostConnection, place: string) => Promise<T>,
): Promise<T> {
  const settings = readSshSettings(spec);
  const written = spec.settings['platform'];
  const host = await connectHost(settings, {
    ...options,
    ...(written === undefined ? {} : { platform: parsePlatform(written) }),
  });
  try {
    return await use(host, formatSshTarget(settings.target));
  } finally {
    await host.close();
  }
}

/** Connects to a host and says what it is. @throws ArchParityError those of opening the lane */
export async function checkHost(spec: LaneSpec, options: VisitOptions): Promise<HostReport> {
  return visit(spec, options, ({ client: { hello }, facts, namespaces, reason }, host) =>
    Promise.resolve({
      host,
      user: facts.user,
      platform: findPlatform(hello.machine) ?? hello.machine,
      kernel: hello.kernel,
      pageSize: hello.pageSize,
      cpu: hello.cpu,
      stateDirectory: facts.stateDirectory,
      namespaces: namespaces !== undefined,
      tools: facts.tools,
      ...(facts.freeKib === undefined ? {} : { freeKib: facts.freeKib }),
      ...(reason === undefined ? {} : { reason }),
    }),
  );
}

/**
 * Removes all that archparity keeps on a host. @returns KiB that it took
 * @throws ArchParityError those of opening the lane, `SSH_NOT_CLEANED`
 */
export async function cleanHost(spec: LaneSpec, options: VisitOptions): Promise<number> {
  return visit(spec, options, removeAll);
}
