import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArchParityError, type SystemCallTrace } from '../../core/index.ts';
import type { Instrument } from '../attempt/instrument.ts';
import { readTraceFile } from '../local/watch-case.ts';
import { listToolFiles } from '../tools/guest-tool.ts';
import type { PortableTool } from '../tools/portable-tool.ts';
import { gdbserverInstrument, straceInstrument, TRACE_LIMIT } from '../tools/watchers.ts';
import type { RemoteConnection } from './remote-connection.ts';

const traces = ({ stateDir }: RemoteConnection): string => `${stateDir}/traces`;

/** Brings a tool there; gives the directory that it is in, and the words that start it in a case. */
async function bringTool(
  connection: RemoteConnection,
  name: 'gdbserver' | 'strace',
): Promise<{ readonly tool: PortableTool; readonly place: string }> {
  if (connection.tool === undefined)
    throw new ArchParityError({
      code: 'WATCH_UNSUPPORTED',
      message: `The lane cannot watch commands: ${name} is not brought to other people’s machines.`,
      advice: 'Use --lane vm, which has a real arm64 kernel, too.',
    });
  const tool = await connection.tool(name);
  const place = `${connection.stateDir}/tools/${name}`;
  const { client } = connection;
  await client.mount([{ kind: 'mkdir', path: place, mode: 0o755 }]);
  for (const file of await listToolFiles(tool))
    await client.put(`${place}/${file}`, await readFile(join(tool.directory, file)), {
      mode: 0o755,
    });
  return { tool, place };
}

/**
 * Has the next command there traced by strace(1).
 * @throws ArchParityError `WATCH_UNSUPPORTED`, and those of fetching the tool
 */
export async function startRemoteTrace(connection: RemoteConnection): Promise<Instrument> {
  const { tool, place } = await bringTool(connection, 'strace');
  const target = traces(connection);
  await connection.client.mount([
    { kind: 'mkdir', path: target, mode: 0o755 },
    { kind: 'tmpfs', target, options: `mode=1777,size=${String(TRACE_LIMIT)}` },
  ]);
  return straceInstrument(tool.words, { tools: place, traces: target });
}

/** What was traced, once the command has ended. */
export async function finishRemoteTrace(connection: RemoteConnection): Promise<SystemCallTrace> {
  return readTraceFile(connection.client, `${traces(connection)}/log`);
}

/**
 * Has the next command there wait for a debugger, by gdbserver(1).
 * @throws ArchParityError as `startRemoteTrace`
 */
export async function debugRemoteCase(
  connection: RemoteConnection,
  port: number,
): Promise<Instrument> {
  const { tool, place } = await bringTool(connection, 'gdbserver');
  return gdbserverInstrument(tool.words, port, place);
}
