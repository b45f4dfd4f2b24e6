import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { askDaemon, findBuildClient, findOwnDaemon, type BuildClient } from '../../build/index.ts';
import { ArchParityError, asMap, asText, parseLoose } from '../../core/index.ts';
import { readHandlerTable } from '../../lanes/index.ts';
import { createExec, findTool } from '../../process/index.ts';
import { makeDirectory } from '../../store/index.ts';
import { adviceOf, notTried, passed, reasonOf, warned, type Check } from './check.ts';
import { checkBuildx } from './check-buildx.ts';
import type { OptionalContext } from './context.ts';
import { registerFix } from './register-handler.ts';

const DOCKER = { id: 'docker', title: 'docker' };
const EMULATION = { id: 'docker-emulation', title: 'docker’s emulation' };

const ASK_MS = 10_000;
const BUILD_MS = 30_000;

const NO_DAEMON = 'no docker-daemon: images; archparity build needs --private-daemon';

/** Why a daemon cannot be spoken to, and what helps. */
function explainUnreachable(host: string, said: string): Check {
  if (/permission denied/i.test(said))
    return warned(DOCKER, {
      found: `${host} may not be used by this user`,
      effect: NO_DAEMON,
      fix: {
        text: 'Join the group of its socket, whose members are as mighty as root; log in again after it.',
        command: 'sudo usermod -aG docker $(id -un)',
        commands: {
          github: 'runs-on: ubuntu-24.04',
          gitlab: '{services: [docker:dind], variables: {DOCKER_HOST: tcp://docker:2375}}',
        },
      },
    });
  return warned(DOCKER, {
    found: `no daemon answers at ${host}${said === '' ? '' : `: ${said}`}`,
    effect: NO_DAEMON,
    fix: {
      text: 'Start it.',
      command: 'sudo systemctl start docker',
      commands: {
        apk: 'sudo rc-service docker start',
        github: 'runs-on: ubuntu-24.04',
        gitlab: '{services: [docker:dind], variables: {DOCKER_HOST: tcp://docker:2375}}',
      },
    },
  });
}

/** Asks the daemon for its version. */
async function checkDaemon(
  docker: string,
  host: string,
  { logger, cancelSignal }: OptionalContext,
): Promise<Check> {
  const exec = createExec(logger === undefined ? {} : { logger });
  const asked = await exec(docker, ['version', '--format', '{{json .}}'], {
    timeoutMs: ASK_MS,
    ...(cancelSignal === undefined ? {} : { cancelSignal }),
  });
  const { Client: client, Server: server } = asMap(parseLoose(asked.stdout));
  const version = asText(asMap(client)['Version']) ?? '';
  const daemon = asMap(server);
  const number = asText(daemon['Version']);
  if (number !== undefined) {
    const platform = `${asText(daemon['Os']) ?? ''}/${asText(daemon['Arch']) ?? ''}`;
    return passed(DOCKER, `client ${version} (${docker}), daemon ${number}, ${platform} (${host})`);
  }
  const said = asked.timedOut
    ? `nothing within ${ASK_MS / 1000} s`
    : (asked.stderr.trim().split('\n').at(-1) ?? '');
  const rest = said
    .replace(/^.*?docker daemon at \S+\s*/i, '')
    .replace(/Is the docker daemon running\?$/i, '');
  return explainUnreachable(host, rest.trim());
}

/** Has the daemon execute a foreign program, as a step of a tiny build that leaves no image. */
async function checkEmulation(
  client: BuildClient,
  host: string,
  context: OptionalContext,
): Promise<Check> {
  const { platform, cacheDir, workDir, logger, cancelSignal } = context;
  const directory = await mkdtemp(join(workDir, 'docker-'));
  const stateDirectory = join(directory, 'client');
  makeDirectory(stateDirectory, 0o700);
  try {
    const { cpu } = await askDaemon(
      { host, client, stateDirectory, ...(logger === undefined ? {} : { logger }) },
      {
        platform,
        directory,
        cacheDir,
        cancelSignal: cancelSignal ?? new AbortController().signal,
        timeoutMs: BUILD_MS,
      },
    );
    const cost = cpu === 'QEMU max' ? ', which computes pointer authentication in software' : '';
    return passed(EMULATION, `it ran a ${platform} program, CPU ${cpu}${cost}`);
  } catch (error) {
    const code = error instanceof ArchParityError ? error.code : '';
    return warned(EMULATION, {
      found: reasonOf(error),
      effect: `docker run and docker build of ${platform} end with "exec format error"; lanes do not need it`,
      fix:
        code === 'BUILD_NO_HANDLER'
          ? await registerFix(platform, readHandlerTable())
          : adviceOf(error),
    });
  }
}

/** The docker that the user has: its daemon, its builders, and whether it emulates. */
export async function checkDocker(context: OptionalContext): Promise<Check[]> {
  const { env } = context;
  const docker = findTool('docker', { env });
  const client = await findBuildClient({ env }).catch(() => undefined);
  const host = await findOwnDaemon(docker, env);
  const emulationLost = `docker run and docker build of ${context.platform} are not known to work`;
  const daemon =
    docker === undefined
      ? passed(DOCKER, 'not installed: docker-daemon: images and archparity build need it')
      : await checkDaemon(docker, host, context);
  const reached = docker !== undefined && daemon.state === 'ok';
  const emulation = async (): Promise<Check> => {
    if (docker === undefined) return passed(EMULATION, 'not asked: docker is not installed');
    if (!reached || client === undefined) {
      const because = reached ? 'there is no buildx' : 'no daemon answers';
      return { ...notTried(EMULATION, because, emulationLost), state: 'warning' };
    }
    return checkEmulation(client, host, context);
  };
  return [daemon, await checkBuildx({ client, reached, context }), await emulation()];
}
