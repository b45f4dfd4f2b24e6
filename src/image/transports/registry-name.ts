/** The parts of a name in a registry. */
export interface RegistryName {
  /** `localhost:5000`; `docker.io` when none is written. */
  readonly host: string;
  /** `host/path`, without tag and digest, in full: `docker.io/library/debian` of `debian`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/**
 * Reads the name of an image as docker does: what begins with no host is of docker.io, what has no path there of
 * `library`, what has neither tag nor digest is `latest`. With a digest the tag says nothing and is left out.
 * Source: distribution/reference `normalize.go`.
 * @param location - of a reference that was parsed
 */
export function readRegistryName(location: string): RegistryName {
  const [named = '', digest] = location.split('@');
  const [, path = '', tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(named) ?? [];
  const slash = path.indexOf('/');
  const first = slash === -1 ? '' : path.slice(0, slash);
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const host = hasHost ? first.replace(/^index\.docker\.io$/, 'docker.io') : 'docker.io';
  const rest = hasHost ? path.slice(slash + 1) : path;
  const full = host === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  return {
    host,
    repository: `${host}/${full}`,
    ...(digest === undefined ? { tag } : { digest }),
  };
}

/** The same as skopeo and people write it. */
export function writeRegistryName({ repository, tag, digest }: RegistryName): string {
  return digest === undefined ? `${repository}:${tag ?? 'latest'}` : `${repository}@${digest}`;
}

/** Docker does without TLS there, too. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/.test(host);
}
