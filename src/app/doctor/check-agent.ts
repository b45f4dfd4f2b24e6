import { agentPath, startLocalAgent } from '../../agent/index.ts';
import type { Platform } from '../../core/index.ts';
import { adviceOf, failed, passed, reasonOf, type Check } from './check.ts';

/** Starts the agent of this machine, without namespaces, and has it run itself once more. */
export async function checkAgent(
  host: Platform,
  logger?: (command: string) => void,
): Promise<Check> {
  const subject = { id: 'agent', title: 'Agent' };
  try {
    const file = agentPath(host);
    const agent = await startLocalAgent({ file, ...(logger === undefined ? {} : { logger }) });
    try {
      const outcome = await agent.client.run({ argv: [file, '--version'], deadlineMs: 10_000 });
      if (outcome.exits[0]?.code !== 0)
        throw new Error(
          `what it starts ends with ${JSON.stringify(outcome.failure ?? outcome.exits[0])}`,
        );
      const { version, machine, pageSize } = agent.client.hello;
      return passed(
        subject,
        `starts programs (protocol ${version}, ${machine}, pages of ${pageSize} bytes)`,
      );
    } finally {
      await agent.close();
    }
  } catch (error) {
    return failed(subject, {
      found: reasonOf(error),
      effect: 'no lane of this machine can be opened',
      fix: adviceOf(error),
    });
  }
}
