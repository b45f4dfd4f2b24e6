import { hostPlatform, type Platform } from '../../core/index.ts';
import { createExec } from '../../process/index.ts';
import {
  findHandlersFor,
  findHandlerFaults,
  readHandlerTable,
  readInterpreterState,
  type HostHandler,
} from '../../lanes/index.ts';
import { passed, warned, type Check } from './check.ts';
import { findAgent } from './context.ts';

const SUBJECT = { id: 'host-handler', title: 'Handler of the host' };

/** Whether the host itself runs a foreign program; `undefined` when we have none to try with. */
async function runsOnHost(platform: Platform): Promise<boolean | undefined> {
  const agent = findAgent(platform);
  if (agent === undefined) return undefined;
  const { exitCode, stdout } = await createExec()(agent, ['--version'], { timeoutMs: 20_000 });
  // Some execvp() give a file that the kernel refuses to sh, which may well exit with 0.
  return exitCode === 0 && /^\d+\n$/.test(stdout);
}

function describe({ name, interpreter, flags }: HostHandler): string {
  return `${name} (${interpreter}, flags ${flags === '' ? 'none' : flags})`;
}

/**
 * Reads the host's handlers for a platform and runs a program by them. Lanes need none, so that what
 * is wrong with them is a warning at most.
 */
export async function checkHostHandler(platform: Platform, laneNeedsIt: boolean): Promise<Check> {
  const table = readHandlerTable();
  const handlers = findHandlersFor(table, platform);
  const works = await runsOnHost(platform);
  const enabled = handlers.find((handler) => handler.enabled);
  const effect = laneNeedsIt
    ? 'the lane has neither a handler of its own nor one of the host'
    : 'docker and podman cannot run foreign images; the lanes can';
  if (enabled === undefined) {
    const off = handlers[0];
    if (works === true) return passed(SUBJECT, 'works, though its table is not mounted here');
    const found = off === undefined ? `none for ${platform}` : `${describe(off)} is switched off`;
    if (!laneNeedsIt) return passed(SUBJECT, `${found}; the lanes register their own`);
    return warned(SUBJECT, {
      found,
      effect,
      fix: {
        text: 'Register one on the host.',
        command: `sudo docker run --privileged --rm tonistiigi/binfmt --install ${platform.split('/')[1] ?? ''}`,
      },
    });
  }
  if (works === false)
    return warned(SUBJECT, {
      found: `${describe(enabled)} does not run a program`,
      effect,
      fix: { text: 'Register it again.', command: 'sudo systemctl restart systemd-binfmt' },
    });
  const problems = findHandlerFaults(enabled, {
    platform,
    host: hostPlatform(),
    table,
    interpreter: readInterpreterState(enabled.interpreter),
  }).map(({ text }) => text);
  if (problems.length === 0)
    return passed(SUBJECT, `${describe(enabled)}${works === true ? ' works' : ''}`);
  return warned(SUBJECT, {
    found: `${describe(enabled)}: ${problems.join('; ')}`,
    effect: laneNeedsIt
      ? 'the lane has these limits'
      : 'docker and podman have these limits; the lanes do not',
  });
}
