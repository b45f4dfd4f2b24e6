import type { Descriptor } from '../oci-schema.ts';

/** An image that a docker daemon or podman's storage holds. */
export interface LocalImage {
  readonly kind: 'docker-daemon' | 'containers-storage';
  /** As the daemon or the storage is asked for it. */
  readonly name: string;
  /** Its content, whatever it is called: an image id (`sha256:…`). */
  readonly id: string;
  /** As OCI writes them; absent when only the copy tells, because the store holds several under a name. */
  readonly platforms?: readonly string[];
  /** Where it was pulled from, with digests: `host/path@sha256:…`. */
  origins(): Promise<readonly string[]>;
  /** Whether it is a list of `podman manifest`. */
  readonly isList?: boolean;
  /** What changes when the store has more of the same image, e.g. another platform. */
  readonly state: string;
}

/** An image in a registry. */
export interface RegistryImage {
  readonly kind: 'registry';
  /** `host/path`, without tag and digest. */
  readonly repository: string;
  /** Its index, or its manifest when it has one platform: the document lies in the blob store. */
  readonly root: Descriptor;
}

/** Where an image was found. */
export type LocatedImage = LocalImage | RegistryImage;

/** For people: the place and the digest that names the content there. */
export function describePlace(image: LocatedImage): string {
  switch (image.kind) {
    case 'docker-daemon':
      return `the docker daemon, ${image.name}, image id ${image.id}`;
    case 'containers-storage':
      return `podman’s storage, ${image.name}, image id ${image.id}`;
    case 'registry':
      return `the registry, ${image.repository}@${image.root.digest}`;
  }
}
