import type { Platform } from '../../core/index.ts';

/** Paths are relative to the repository, with `/`. */

/** Builds of one program. */
export interface FoundProgram {
  readonly name: string;
  readonly paths: Readonly<Partial<Record<Platform, string>>>;
}

/** An OCI layout that lies in the repository. */
export interface FoundLayout {
  readonly name: string;
  readonly path: string;
  readonly platforms: readonly Platform[];
  /** TCP ports that its config exposes. */
  readonly ports: readonly number[];
}

/** A container that a service needs. */
export interface FoundCompanion {
  readonly name: string;
  readonly image: string;
  readonly port?: number;
  readonly env: Readonly<Record<string, string>>;
}

/** A Dockerfile, and what compose files say of its service. */
export interface FoundRecipe {
  readonly name: string;
  readonly path: string;
  /** The directory that is sent to the builder. */
  readonly context: string;
  readonly target?: string;
  /** TCP ports that its last stage exposes, or that compose publishes. */
  readonly ports: readonly number[];
  readonly env: Readonly<Record<string, string>>;
  readonly companions: readonly FoundCompanion[];
  /** Whether a stage runs on the builder's platform, so that building needs less emulation. */
  readonly crossBuilds: boolean;
}

/** A file of another tool for testing containers. */
export interface FoundTests {
  readonly path: string;
  readonly format: 'container-structure-test' | 'goss';
}

/** Files that name images. */
export interface FoundDeployment {
  readonly path: string;
  readonly kind: 'compose' | 'kubernetes';
}

export type CiSystem = 'github' | 'gitlab';

/** What a repository has that can be tested. */
export interface Repository {
  /** Of its directory. */
  readonly name: string;
  readonly programs: readonly FoundProgram[];
  readonly layouts: readonly FoundLayout[];
  readonly recipes: readonly FoundRecipe[];
  readonly tests: readonly FoundTests[];
  readonly deployments: readonly FoundDeployment[];
  /** The CI system that it uses; absent = none that is known. */
  readonly ci?: CiSystem;
  /** `.gitlab-ci.yml` is there. */
  readonly hasGitlabFile: boolean;
  /** The branch that is checked out. */
  readonly branch: string;
  /** What builds it, as far as a file says so. */
  readonly buildCommand?: string;
}
