import type { GossResource } from './read-gossfile.ts';
import { RUNNING_RESOURCES } from './resources.ts';

/** Resources that make one case. */
export interface GossTest {
  /** Whether they ask a container that runs. */
  readonly runs: boolean;
  readonly members: readonly GossResource[];
}

/** Of the others these are asked of a container, too, where there is one: its entrypoint may make them. */
const ALSO_ASKED = ['command', 'file', 'group', 'package', 'user'];

/**
 * Each resource makes a case of its own, unless one asks a container that runs: then that is started once, and is
 * asked for all that could be otherwise in it, in one case, as with dgoss.
 * @param waits - whether a file says what must hold first: then there is such a container in any case
 */
export function divideResources(
  resources: readonly GossResource[],
  waits: boolean,
): readonly GossTest[] {
  const needsContainer = waits || resources.some(asksContainer);
  const isShared = (resource: GossResource): boolean =>
    asksContainer(resource) ||
    (needsContainer && ALSO_ASKED.includes(resource.kind) && resource.attributes['skip'] !== true);
  const shared = resources.filter(isShared);
  const others = resources.filter((resource) => !isShared(resource));
  return [
    ...others.map((resource) => ({ runs: false, members: [resource] })),
    ...(shared.length === 0 ? [] : [{ runs: true, members: shared }]),
  ];
}

function asksContainer({ attributes, kind }: GossResource): boolean {
  return Object.hasOwn(RUNNING_RESOURCES, kind) && attributes['skip'] !== true;
}
