import { LANE_SETTINGS } from '../lanes/index.ts';

/** The kinds of lanes with their settings, for `--help`. */
export function describeLaneSettings(): string {
  return Object.entries(LANE_SETTINGS)
    .flatMap(([kind, settings]) => [
      `  ${kind}`,
      ...Object.entries(settings).map(([key, what]) => `    ${key}=…  ${what}`),
    ])
    .join('\n');
}
