import { join } from 'node:path';
import { asMap, parseLoose } from '../../core/index.ts';
import { homeDirectory } from '../../process/index.ts';
import { readIfThere } from '../../store/index.ts';

/**
 * The files in which docker, podman and skopeo keep logins. Sources: docker/cli `cli/config`,
 * containers-auth.json(5).
 */
function listLoginFiles(env: Readonly<Record<string, string | undefined>>): string[] {
  const home = homeDirectory(env);
  const { DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_CONFIG_HOME, XDG_RUNTIME_DIR } = env;
  return [
    join(DOCKER_CONFIG ?? join(home, '.docker'), 'config.json'),
    ...(REGISTRY_AUTH_FILE === undefined ? [] : [REGISTRY_AUTH_FILE]),
    ...(XDG_RUNTIME_DIR === undefined ? [] : [join(XDG_RUNTIME_DIR, 'containers/auth.json')]),
    join(XDG_CONFIG_HOME ?? join(home, '.config'), 'containers/auth.json'),
  ];
}

/** The host in a key of `auths`: docker writes URLs, podman also `host/path`. */
export function readHost(key: string): string {
  const host = key.replace(/^https?:\/\//, '').split('/')[0] ?? '';
  return ['index.docker.io', 'registry-1.docker.io'].includes(host) ? 'docker.io' : host;
}

/** The registries that the user has a login for. Nothing but their names is read out of the files. */
export function readRegistries(
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const hosts = listLoginFiles(env).flatMap((file) => {
    const { auths, credHelpers } = asMap(parseLoose(readIfThere(file) ?? ''));
    return [...Object.keys(asMap(auths)), ...Object.keys(asMap(credHelpers))].map(readHost);
  });
  return [...new Set(hosts)].filter((host) => /^[A-Za-z0-9.[\]:-]+$/.test(host)).toSorted();
}
