import { listHosts } from '../ls/list-hosts.ts';
import { adviceOf, passed, reasonOf, warned, type Check } from './check.ts';
import type { OptionalContext } from './context.ts';

const SUBJECT = { id: 'ssh-hosts', title: 'Hosts over SSH' };
const EFFECT = 'ssh lanes on these cannot be opened';
const DEADLINE_MS = 20_000;
const CONNECT_S = 6;

/** Connects to the hosts of the project's ssh lanes, all at once, as `archparity ssh check` does. */
export async function checkSshHosts(
  { cwd, logger, cancelSignal }: Pick<OptionalContext, 'cwd' | 'logger' | 'cancelSignal'>,
  deadlineMs = DEADLINE_MS,
): Promise<Check> {
  const request = { cwd, ...(logger === undefined ? {} : { logger }) };
  try {
    const written = await listHosts({ ...request, check: false });
    if (written.length === 0) return passed(SUBJECT, 'archparity.yaml names none here');
    const names = written.map(({ host }) => host).join(', ');
    // ssh's own patience with a host may be longer than ours.
    const deadline = AbortSignal.timeout(deadlineMs);
    const hosts = await listHosts({
      ...request,
      check: true,
      connectTimeoutS: CONNECT_S,
      cancelSignal: AbortSignal.any([
        deadline,
        ...(cancelSignal === undefined ? [] : [cancelSignal]),
      ]),
    });
    const silent = hosts.filter(({ problem }) => problem !== undefined);
    if (silent.length > 0 && deadline.aborted)
      return warned(SUBJECT, {
        found: `not all of ${names} answered within ${deadlineMs / 1000} s`,
        effect: EFFECT,
        fix: { text: 'Try them one by one.', command: 'archparity ls hosts --check' },
      });
    if (silent.length > 0) {
      const [first] = silent;
      return warned(SUBJECT, {
        found: silent.map(({ problem }) => reasonOf(new Error(problem))).join('; '),
        effect: EFFECT,
        fix: { text: 'See why.', command: `archparity ssh check ${first?.lane ?? ''} --verbose` },
      });
    }
    return passed(
      SUBJECT,
      hosts.map(({ host, platform, cpu = '' }) => `${host} (${platform}, ${cpu})`).join(', '),
    );
  } catch (error) {
    return warned(SUBJECT, { found: reasonOf(error), effect: EFFECT, fix: adviceOf(error) });
  }
}
