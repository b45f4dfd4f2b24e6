export { inspectImage } from './inspect-image.ts';
export type { ImageConfig, ImageIndex, ImageLayer, ImagePlatform } from './image-index.ts';
export type { SourceOptions } from './image-source.ts';
export { nameOffers, type ImageOffer } from './image-offer.ts';
export { listOffers } from './list-offers.ts';
export { IMAGE_TOOL_DEADLINE_MS, imageToolTimedOut } from './tool-deadline.ts';
export { askRegistry, type AskRegistryOptions } from './transports/ask-registry.ts';
export { createImageAccess } from './transports/create-image-access.ts';
export { PULL_POLICIES, type ImageAccess, type PullPolicy } from './transports/image-access.ts';
export { materialiseImage } from './materialise-image.ts';
export type {
  MaterialisedImage,
  MaterialisedLayout,
  MaterialisedRootfs,
} from './materialised-image.ts';
export { createHeadReader } from './head-reader.ts';
export { listLibraryDirectories } from './library-search.ts';
export { readElf, requireElfPlatform, requireWholeElf, type ElfFacts } from './read-elf.ts';
export {
  isFileReference,
  isWrittenReference,
  parseReference,
  type BinaryReference,
  type FileReference,
  type ImageReference,
  type ImageTransport,
  type Reference,
} from './reference.ts';
export { resolveInRoot, type ResolvedPath } from './resolve-in-root.ts';
export { detectRootPlatform } from './root-platform.ts';
export { auditRootfs } from './audit-rootfs.ts';
export type { AuditFinding, AuditReport } from './audit-findings.ts';
export { readDevices, type DeviceNode } from './device-nodes.ts';
export { describeAudit, type AuditDescription } from './describe-audit.ts';
export {
  describeTree,
  type DescribedEntry,
  type LeftOut,
  type TreeDescription,
} from './describe-tree.ts';
export { writeLoosePlatform } from './loose-platform.ts';
export { readPackageVersions } from './package-database.ts';
export { listTree, typeOfEntry, type TreeEntry, type TreeEntryType } from './list-tree.ts';
export {
  bundleIndex,
  type BundledIndex,
  type BundledManifest,
  type IndexFormat,
} from './bundle-index.ts';
export { storageDirectory } from './storage-directory.ts';
export { writeIndex, type IndexPart, type WrittenIndex } from './write-index.ts';
export {
  readContents,
  readFileTree,
  type FileTree,
  type LayeredImage,
  type TreeFile,
} from './layers/read-file-tree.ts';
export { writeImage, type WriteImageOptions } from './write-image.ts';
export { withImageSource, type FetchOptions } from './fetch-image.ts';
export {
  examineImage,
  type ExaminedPlatform,
  type ExamineOptions,
} from './layers/examine-image.ts';
export type { ImageAudit } from './layers/audit-image.ts';
export type {
  FindingPlace,
  FindingRule,
  FindingSeverity,
  ImageFinding,
} from './layers/image-finding.ts';
export type { DescribedLayer } from './layers/read-layered-root.ts';
