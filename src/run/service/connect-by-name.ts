import type { ServiceConnection } from '../../lanes/index.ts';
import { lookUpName, type Place } from './look-up-name.ts';
import { within, type PhaseClock } from './phase-clock.ts';

interface Target {
  readonly host: string;
  readonly port: number;
  readonly datagrams?: boolean;
}

/**
 * Connects as a program in the container would: to the addresses of a name, one after the other, until one accepts.
 * `undefined` when one of them might have done so, given more time.
 * @throws Error when the name is not known, or the first one of those that refused
 */
export async function connectByName(
  place: Place,
  { host, port, ...target }: Target,
  clock: Pick<PhaseClock, 'share'>,
): Promise<ServiceConnection | undefined> {
  const { problem, records: addresses } = await lookUpName(place, { name: host }, clock);
  if (addresses.length === 0)
    throw new Error(
      `no address is known for ${host}${problem === undefined ? '' : `: ${problem}`}`,
    );
  const refusals: unknown[] = [];
  for (const [index, address] of addresses.entries()) {
    const connection = place.container.connect(port, { ...target, address });
    const opened = connection.opened.then(() => true);
    try {
      if (await within(opened, clock.share(addresses.length - index))) return connection;
    } catch (error) {
      refusals.push(error);
    }
    connection.destroy();
  }
  if (refusals.length === addresses.length) throw refusals[0];
  return undefined;
}
