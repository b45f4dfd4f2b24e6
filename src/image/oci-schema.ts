import * as z from 'zod';

/**
 * The documents of an OCI image as far as they are used. Source: OCI image-spec 1.1 (`descriptor.md`,
 * `image-index.md`, `manifest.md`, `config.md`); Docker's v2s2 documents have the same fields.
 */
const digest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, 'is not a sha256 digest (other algorithms are not supported)');

/** A field that may be absent, which Go programs also write as `null`. */
function optional<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const text = optional(z.string());
const strings = optional(z.array(z.string()));
const flags = optional(z.record(z.string(), z.unknown()));
const labels = optional(z.record(z.string(), z.string()));

const platform = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: text,
});

const descriptor = z.object({
  mediaType: z.string().default(''),
  digest,
  size: z.number().int().min(0),
  platform: optional(platform),
  annotations: labels,
});

export const indexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  manifests: z.array(descriptor).max(10_000),
});

export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  config: descriptor,
  layers: z.array(descriptor).max(10_000),
});

export const configSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: text,
  config: optional(
    z.object({
      Entrypoint: strings,
      Cmd: strings,
      Env: strings,
      User: text,
      WorkingDir: text,
      Labels: labels,
      ExposedPorts: flags,
      Volumes: flags,
      StopSignal: text,
    }),
  ),
  history: optional(
    z.array(z.object({ created_by: text, comment: text, empty_layer: optional(z.boolean()) })),
  ),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: optional(z.array(digest)) }),
});

export type Descriptor = z.infer<typeof descriptor>;
export type OciIndex = z.infer<typeof indexSchema>;
export type OciManifest = z.infer<typeof manifestSchema>;
export type OciConfig = z.infer<typeof configSchema>;

/** The first thing that is wrong with a document, e.g. `manifests[0].digest: is not …`. */
export function describeProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return 'it has an unknown mistake';
  const path = issue.path.map((part) =>
    typeof part === 'number' ? `[${part}]` : `.${String(part)}`,
  );
  return `${path.join('').replace(/^\./, '')}: ${issue.message}`;
}
