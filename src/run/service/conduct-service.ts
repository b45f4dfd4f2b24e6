import type {
  CaseDefinition,
  CheckFailure,
  CompanionDefinition,
  Exchange,
  Platform,
  Readiness,
  ServiceDefinition,
  ServiceObservation,
} from '../../core/index.ts';
import { findPattern, formatTermination } from '../../judge/index.ts';
import type { Container, ContainerStarter, OutputListener } from '../../lanes/index.ts';
import { orUnanswered } from './answer.ts';
import { awaitReady } from './await-ready.ts';
import { ContainerLog } from './container-log.ts';
import { PhaseClock, within, type PhaseLimit } from './phase-clock.ts';
import { askUntilExpected } from './ask-until-expected.ts';
import type { ServiceLimits } from './service-limits.ts';

type Failure = NonNullable<ServiceObservation['failure']>;

/** A container that was started, and what it prints. */
interface Started {
  readonly container: Container;
  readonly log: ContainerLog;
  readonly readyMs?: number;
  readonly failure?: Failure;
}

/**
 * Starts the containers of a case one after the other, each when the one before is ready, makes the requests, and
 * stops the service. What goes wrong is a part of what was seen.
 */
export async function conductService(
  definition: CaseDefinition,
  starter: ContainerStarter,
  { limits, platform }: Pick<Conduct, 'limits' | 'platform'>,
): Promise<ServiceObservation> {
  const clock = new PhaseClock(limits.totalMs);
  const { service, with: wanted = [] } = definition;
  const companions: { name: string; readyMs?: number }[] = [];
  for (const companion of wanted) {
    const { failure, readyMs } = await startCompanion(companion, starter, {
      clock,
      limits,
      platform,
    });
    companions.push({ name: companion.name, ...(readyMs === undefined ? {} : { readyMs }) });
    if (failure !== undefined) return { companions, exchanges: [], failure };
  }
  if (service === undefined) {
    const container = starter.start(() => undefined);
    await within(container.ended, clock.limit(limits.requestMs).ms + BEYOND_DEADLINE_MS);
    return { companions, exchanges: [] };
  }
  const seen = await runService(service, starter, { clock, limits, platform, definition });
  return { companions, ...seen };
}

/** The agent keeps the deadline of a command; only if it does not, we end it. */
const BEYOND_DEADLINE_MS = 5000;

interface Conduct {
  readonly clock: PhaseClock;
  readonly limits: ServiceLimits;
  readonly platform: Platform;
}

function startCompanion(
  { name, ready }: CompanionDefinition,
  starter: ContainerStarter,
  conduct: Conduct,
): Promise<Started> {
  const start = (onOutput: OutputListener): Container => starter.startCompanion(name, onOutput);
  return startContainer(start, ready, { ...conduct, name });
}

async function startContainer(
  start: (onOutput: OutputListener) => Container,
  ready: Readiness,
  { clock, limits, name, platform }: Conduct & { readonly name: string },
): Promise<Started> {
  const logged = Promise.withResolvers<undefined>();
  const { check } = ready;
  const log = new ContainerLog((line) => {
    if (check.kind === 'log' && findPattern(check.pattern, line) !== undefined)
      logged.resolve(undefined);
  });
  const container = start(log.listen);
  const limit = clock.limit(limits.readyMs(ready));
  const { factor } = limits;
  const options = { limitMs: limit.ms, logged: logged.promise, factor, platform };
  const outcome = await awaitReady(container, ready, options);
  if (outcome.kind === 'ready') return { container, log, readyMs: outcome.ms };
  const actual =
    outcome.kind === 'ended'
      ? `it ended before it was ready: ${outcome.how}`
      : `not ready ${describeLimit(limit)}: ${outcome.why}`;
  const said: CheckFailure = {
    check: `${name} is ready`,
    expected: describeCheck(check),
    actual: withTail(actual, log),
  };
  return { container, log, failure: { ...said, timedOut: outcome.kind === 'late' } };
}

async function runService(
  service: ServiceDefinition,
  starter: ContainerStarter,
  { clock, definition, limits, platform }: Conduct & { readonly definition: CaseDefinition },
): Promise<Omit<ServiceObservation, 'companions'>> {
  const start = (onOutput: OutputListener): Container => starter.start(onOutput);
  const started = await startContainer(start, service.ready, {
    clock,
    limits,
    platform,
    name: 'the service',
  });
  const { container, failure, log, readyMs } = started;
  if (failure !== undefined) return { exchanges: [], failure };
  const ready = readyMs === undefined ? {} : { readyMs };
  let ending: string | undefined;
  void container.ended.then(
    ({ observation }) => {
      // By the agent, not by itself.
      if (observation?.termination.kind === 'timeout') return;
      ending = observation === undefined ? 'ended' : formatTermination(observation.termination);
    },
    () => undefined,
  );
  const exchanges: Exchange[] = [];
  const settled = performance.now() + limits.settleMs;
  for (const request of service.requests) {
    const limit = clock.limit(limits.requestMs);
    const asked = await askUntilExpected(container, request, {
      limitMs: limit.ms,
      factor: limits.factor,
      keptBytes: definition.limits.outputBytes,
      platform,
      until: Math.min(settled, performance.now() + limit.ms),
    });
    // The agent has a deadline, too, and may be the first to end what does not answer.
    const exchange = clock.isOver ? orUnanswered(asked, limit.ms) : asked;
    exchanges.push(exchange);
    const unanswered = exchange.kind === 'failed';
    // Its end comes a moment after that of its connections.
    if (unanswered && !exchange.timedOut) await within(container.ended, SETTLE_MS * limits.factor);
    if (ending !== undefined || unanswered) {
      const message = unanswered ? exchange.message : 'an answer, and then its end';
      const actual = ending === undefined ? message : `the service ended by itself: ${ending}`;
      const said = {
        check: `${request.label}: is answered`,
        expected: 'an answer',
        actual: withTail(actual, log),
      };
      const timedOut = unanswered && exchange.timedOut;
      return { ...ready, exchanges, failure: { ...said, timedOut } };
    }
  }
  return {
    ...ready,
    exchanges,
    ...(await stopService(service, container, { clock, limits, log })),
  };
}

const SETTLE_MS = 100;

async function stopService(
  { stop }: ServiceDefinition,
  container: Container,
  { clock, limits, log }: Omit<Conduct, 'platform'> & { readonly log: ContainerLog },
): Promise<Pick<ServiceObservation, 'stopMs' | 'failure'>> {
  const began = performance.now();
  const limit = clock.limit(limits.stopMs);
  container.signal(stop.signal);
  const ended = await within(container.ended, limit.ms);
  // One that the agent has ended did not stop.
  if (ended !== undefined && ended.observation?.termination.kind !== 'timeout')
    return { stopMs: performance.now() - began };
  return {
    failure: {
      check: 'the service stops',
      expected: `ends after ${stop.signal}`,
      actual: withTail(`still running ${describeLimit(limit)}, killed`, log),
      timedOut: true,
    },
  };
}

function describeLimit({ isWhole, ms }: PhaseLimit): string {
  const seconds = `${String(Math.round(ms / 100) / 10)} s`;
  return isWhole ? `when the time of the whole case had passed` : `after ${seconds}`;
}

function describeCheck(check: Readiness['check']): string {
  switch (check.kind) {
    case 'started':
      return 'a process that runs';
    case 'port':
      return `a connection to port ${String(check.port)}`;
    case 'http':
      return `status ${String(check.status)} for GET ${check.path} on port ${String(check.port)}`;
    case 'log':
      return `a line of its log that matches ${check.pattern}`;
    case 'run':
      return `exit 0 of ${check.command.kind === 'run' ? check.command.argv.join(' ') : check.command.script}`;
    case 'requests':
      return `${check.requests.map(({ label }) => label).join(', ')} as expected`;
  }
}

/** What went wrong, with the last that the container said. */
function withTail(text: string, log: ContainerLog): string {
  const lines = log.tail();
  if (lines.length === 0) return `${text}\nits log is empty`;
  return [text, 'the end of its log:', ...lines.map((line) => `  ${line}`)].join('\n');
}
