/** `31.1 MB`, in units of a thousand as registries show them. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  for (const [unit, size] of [
    ['kB', 1e3],
    ['MB', 1e6],
  ] as const)
    if (bytes < size * 1000) return `${(bytes / size).toFixed(1)} ${unit}`;
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
