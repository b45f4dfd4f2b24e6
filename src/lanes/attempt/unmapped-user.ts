import { ArchParityError, type Attempt } from '../../core/index.ts';
import type { ImageUser } from './image-user.ts';

const CODE = 'IMAGE_USER_NOT_MAPPED';

/** What a lane says when it has no id for the user of an image. */
export function userNotMapped(laneId: string, { uid, gid }: ImageUser): ArchParityError {
  return new ArchParityError({
    code: CODE,
    message: `The lane ${laneId} cannot become user ${String(uid)}:${String(gid)} of the image: it has too few ids.`,
    advice:
      'Give your user subordinate ids in /etc/subuid and /etc/subgid (usermod --add-subuids).',
  });
}

/** What a lane cannot do is no failure of the case: an attempt for {@link userNotMapped}. */
export function asUnsupported(error: unknown, number: number): Attempt | undefined {
  return error instanceof ArchParityError && error.code === CODE
    ? { number, unsupported: error.message.replace(/\.$/, '') }
    : undefined;
}
