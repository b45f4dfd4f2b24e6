/** Where a name of an image file is really to be looked up: local layouts may stand for names. */
export type ImageMapping = ReadonlyMap<string, string>;

/** A name as every tool means it: `nginx` is `docker.io/library/nginx:latest`. */
function fullName(name: string): string {
  const [, repository = '', suffix = ''] = /^(.*?)((?::[^/:@]+)?(?:@.*)?)$/.exec(name) ?? [];
  const [first = '', ...rest] = repository.replace(/^index\.docker\.io\//, 'docker.io/').split('/');
  const hasHost = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const path = hasHost ? [first, ...rest] : ['docker.io', first, ...rest];
  if (path[0] === 'docker.io' && path.length === 2) path.splice(1, 0, 'library');
  return `${path.join('/')}${suffix === '' ? ':latest' : suffix}`;
}

/** A name without tag and digest. */
function repositoryOf(name: string): string {
  return fullName(name.replace(/(?::[^/:@]+)?(?:@.*)?$/, ''));
}

/** Whether a name says which image of its repository it means. */
function hasTag(name: string): boolean {
  return /(?::[^/:@]+|@.+)$/.test(name);
}

/**
 * The reference that stands for a name: the one given for exactly that name, else the one given for its
 * repository without a tag, else the name itself.
 */
export function mapImageName(name: string, mapping: ImageMapping): string {
  const entries = [...mapping];
  const exact = entries.find(([from]) => hasTag(from) && fullName(from) === fullName(name));
  const loose = entries.find(
    ([from]) => !hasTag(from) && repositoryOf(from) === repositoryOf(name),
  );
  return exact?.[1] ?? loose?.[1] ?? name;
}
