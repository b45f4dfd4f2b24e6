import { homedir } from 'node:os';

/** `$HOME`, or what the user database says; `/` for who has neither, as container runtimes have it. */
export function homeDirectory(
  env: Readonly<Record<string, string | undefined>> = process.env,
  lookUp: () => string = homedir,
): string {
  const { HOME } = env;
  if (HOME !== undefined) return HOME;
  try {
    return lookUp();
  } catch {
    // No passwd entry: a container with an arbitrary uid.
    return '/';
  }
}
