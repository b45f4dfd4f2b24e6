import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const octal = z.string().regex(/^[0-7]{3,4}$/, 'an octal mode in quotes');
/** A path inside the image, without a leading slash. */
const inner = z.string().regex(/^[^/]/, 'a path without a leading slash');

const definition = z.strictObject({
  /** Large: scripts/build-images makes it when it is named, not with all the others. */
  onlyByName: z.boolean().default(false),
  /** Packages of a Debian suite, with what they depend on; maintainer scripts never run. */
  debian: z
    .strictObject({
      suite: z.string(),
      packages: z.array(z.string()).min(1),
      /** More of them for one architecture, such as compilers for the other. */
      only: z
        .strictObject({ amd64: z.array(z.string()), arm64: z.array(z.string()) })
        .partial()
        .default({}),
      /** Dependencies that only maintainer scripts or unused features need. */
      leaveOut: z.array(z.string()).default([]),
      /** Prefixes of paths that are not taken… */
      exclude: z.array(inner).default([]),
      /** …unless they end so. */
      keep: z.array(z.string()).default([]),
      /** Whether dpkg in the image knows the packages, as installed. Nothing can be left out then. */
      database: z.boolean().default(false),
      /** Packages, with what they depend on, that lie in the image for its apt to install. */
      repository: z.array(z.string()).default([]),
    })
    .optional(),
  directories: z.record(inner, octal).default({}),
  links: z.record(inner, z.string()).default({}),
  /** Copies within the image, for setuid programs and file capabilities. */
  copies: z
    .array(
      z.strictObject({
        from: inner,
        to: inner,
        mode: octal,
        /** Values in base64. */
        xattrs: z.record(z.string(), z.base64()).default({}),
      }),
    )
    .default([]),
  /** Owners other than root, `UID:GID`. */
  owners: z.record(inner, z.string().regex(/^\d+:\d+$/)).default({}),
  config: z.strictObject({
    env: z.record(z.string(), z.string()),
    cmd: z.array(z.string()).optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
});

/**
 * What an image is made of: `images/NAME/image.yaml`, beside which `rootfs/` may hold plain files and
 * `src/` the sources of programs that go to usr/bin.
 */
export type ImageDefinition = z.infer<typeof definition>;

/**
 * Reads an image definition.
 * @throws Error that names the file and every mistake in it
 */
export function readDefinition(file: string): ImageDefinition {
  const result = definition.safeParse(parse(readFileSync(file, 'utf8')));
  if (result.success) return result.data;
  throw new Error(`${file}:\n${z.prettifyError(result.error)}`);
}
