import { ArchParityError, type Attempt } from '../../core/index.ts';
import type { ImageUser } from './image-user.ts';

const CODE = 'IMAGE_USER_NOT_MAPPED';
const UNSEEN = 'CHANGED_FILES_NOT_SEEN';
const APART = 'NETWORK_NOT_GIVEN';
const UNSHARED = 'NETWORK_NOT_SHARED';
const HIDDEN = 'ENGINE_PATH_HIDDEN';

/** What a lane says when it has no id for the user of an image. */
export function userNotMapped(laneId: string, { uid, gid }: ImageUser): ArchParityError {
  return new ArchParityError({
    code: CODE,
    message: `The lane ${laneId} cannot become user ${String(uid)}:${String(gid)} of the image: it has too few ids.`,
    advice:
      'Give your user subordinate ids in /etc/subuid and /etc/subgid (usermod --add-subuids).',
  });
}

/** What a lane says that reads changed files inside the container, when no init of ours is there to do it. */
export function filesNotSeen(laneId: string): ArchParityError {
  return new ArchParityError({
    code: UNSEEN,
    message: `The lane ${laneId} cannot see the files that a subject changes which is PID 1 of docker's container.`,
    advice: 'Leave pid1: subject out, or use another engine: engine=crun',
  });
}

/** What a lane says whose daemon has no right to the network of this machine. */
export function networkNotGiven(laneId: string): ArchParityError {
  return new ArchParityError({
    code: APART,
    message: `The docker daemon of the lane ${laneId} cannot give a container the network of this machine.`,
    advice: 'Leave network: host out, or use another engine: engine=crun',
  });
}

/** What a lane says of a program and containers of a daemon, which no network has both of. */
export function networkNotShared(): ArchParityError {
  return new ArchParityError({
    code: UNSHARED,
    message: 'A program of this machine shares no network with containers of docker.',
    advice: 'Use another engine: engine=crun',
  });
}

/** What a lane says whose daemon does not see a path of this machine. */
export function pathHidden(laneId: string, path: string): ArchParityError {
  return new ArchParityError({
    code: HIDDEN,
    message: `The docker daemon of the lane ${laneId} has a /run of its own, so it does not see ${path}.`,
    advice: 'Put it elsewhere, or use another engine: engine=crun',
  });
}

/** What a lane cannot do is no failure of the case: an attempt for one of the errors above. */
export function asUnsupported(error: unknown, number: number): Attempt | undefined {
  return error instanceof ArchParityError &&
    [CODE, UNSEEN, APART, UNSHARED, HIDDEN].includes(error.code)
    ? { number, unsupported: error.message.replace(/\.$/, '') }
    : undefined;
}
