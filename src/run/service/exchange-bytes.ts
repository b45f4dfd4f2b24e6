import type { ServiceRequest } from '../../core/index.ts';
import { meetsText } from '../../judge/index.ts';
import type { Container } from '../../lanes/index.ts';
import { KeptBytes } from './kept-bytes.ts';
import { unanswered, type Answer, type RequestOptions } from './answer.ts';

type TcpRequest = Pick<Extract<ServiceRequest, { kind: 'tcp' }>, 'port' | 'send' | 'expect'>;

/**
 * After so long a silence an answer is taken for complete, times the lane's factor: TCP has no messages. What is
 * not yet as expected is waited for longer.
 */
const SILENCE_MS = { expected: 50, open: 200, unexpected: 2000 };

/**
 * Sends bytes and reads until the service closes the connection or says no more.
 * @throws the error of the connection
 */
export async function exchangeBytes(
  container: Container,
  { expect, port, send }: TcpRequest,
  { factor, keptBytes, limitMs }: RequestOptions,
): Promise<Answer> {
  const connection = container.connect(port);
  const kept = new KeptBytes(keptBytes);
  const silenceMs = (): number => {
    if (expect === undefined) return SILENCE_MS.open * factor;
    return (meetsText(kept.text(), expect) ? SILENCE_MS.expected : SILENCE_MS.unexpected) * factor;
  };
  let timers: NodeJS.Timeout[] = [];
  try {
    return await new Promise<Answer>((resolve, reject) => {
      const finish = (): void => {
        resolve({ kind: 'tcp', received: kept.finish() });
      };
      let silence: NodeJS.Timeout | undefined;
      const limit = setTimeout(() => {
        if (kept.total === 0) resolve(unanswered(limitMs));
        else finish();
      }, limitMs);
      timers = [limit];
      connection.on('error', (error) => {
        // What came before the service broke the connection is its answer.
        if (kept.total > 0) finish();
        else reject(error);
      });
      connection.on('data', (data: Buffer) => {
        kept.add(data);
        clearTimeout(silence);
        silence = setTimeout(finish, silenceMs());
        timers = [limit, silence];
      });
      connection.on('end', finish);
      if (send !== undefined) connection.write(send);
    });
  } finally {
    for (const timer of timers) clearTimeout(timer);
    connection.destroy();
  }
}
