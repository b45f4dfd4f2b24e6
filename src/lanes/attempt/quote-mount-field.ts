/** A field of the comma-separated values that `--mount` of docker and podman takes (RFC 4180). */
export function quoteMountField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
