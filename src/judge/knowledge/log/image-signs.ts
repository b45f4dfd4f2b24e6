import { describeKnown } from './describe-known.ts';
import type { LogEntry } from './log-entry.ts';

const ARCH = `(?:linux/)?(?:amd64|arm64|arm|386|x86_64|aarch64|riscv64|s390x|ppc64le)\\S*`;

/** Images that lack a platform or are of another one, and builders that can do only one. */
export const IMAGE_SIGNS: readonly LogEntry[] = [
  {
    id: 'platform-lacking',
    title: 'The image has no variant for this platform',
    cause: 'environment',
    advice:
      'Build and push the image for every platform it must run on (docker buildx build --platform linux/amd64,linux/arm64 --push), or choose a tag that has it.',
    source: 'https://docs.docker.com/build/building/multi-platform/',
    why: 'The registry has the image, but its index names no manifest for the platform that was asked for.',
    now: [
      {
        on: 'kubernetes',
        text: 'See which platforms the image has, and keep the workload on such nodes until there is one for this node (nodeSelector kubernetes.io/arch).',
        command: 'archparity inspect docker://IMAGE',
      },
      {
        on: 'apple',
        text: 'See which platforms the image has; until there is an arm64 variant, run the amd64 one under emulation.',
        command: 'docker run --platform linux/amd64 IMAGE',
      },
      {
        text: 'See which platforms the image has.',
        command: 'archparity inspect docker://IMAGE',
      },
    ],
    signs: [
      {
        words: ['no match for platform in manifest', 'no matching manifest for'],
        line: `no match for platform in manifest|no matching manifest for \\S+`,
        confidence: 0.97,
      },
      {
        words: ['no image found in'],
        line: `no image found in (?:manifest list|image index) for architecture`,
        confidence: 0.97,
      },
      {
        words: [
          'no child with platform',
          'does not provide the specified platform',
          'not match the specified platform',
          'does not provide any platform',
        ],
        line: `no child with platform|does not provide the specified platform|does not match the specified platform: wanted|does not provide any platform`,
        confidence: 0.96,
      },
      {
        words: [
          'no matching platform',
          'platform not found',
          'manifest found for platform',
          'manifest for platform',
          'unsupported platform',
        ],
        line: `(?:no (?:matching platform|manifest (?:found )?for platform)|not find a manifest for platform|platform not found).*(?:linux/|manifest|index)|image .*unsupported platform linux/`,
        confidence: 0.85,
      },
    ],
  },
  {
    id: 'arch-taint',
    title: 'A workload cannot be scheduled because of the architecture of the nodes',
    cause: 'environment',
    advice:
      'Give the workload an image for every platform, a toleration for the taint of arm64 nodes, and no nodeSelector for one architecture.',
    source: 'https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-arch',
    why: 'Nodes carry the label or taint kubernetes.io/arch, and what the workload asks for matches none of them.',
    now: [
      {
        text: 'Check the manifest against the machines that there are.',
        command: 'archparity inspect -f MANIFEST --platform {arch} --taint {arch}',
      },
    ],
    signs: [
      {
        words: ['untolerated taint'],
        line: `untolerated taint \\{(?:kubernetes\\.io/)?arch[^}]*(?:arm64|amd64)`,
        confidence: 0.95,
      },
      {
        words: ["didn't match pod's node affinity"],
        near: {
          line: `(?:kubernetes\\.io/arch|\\barch)\\b.*(?:arm64|amd64)`,
          before: 40,
          after: 10,
        },
        confidence: 0.75,
      },
    ],
  },
  {
    id: 'docker-driver-single-platform',
    title: 'This builder can build for one platform only',
    cause: 'environment',
    advice:
      'Turn on the containerd image store of the docker daemon, or use a docker-container builder.',
    source: 'https://docs.docker.com/go/build-multi-platform/',
    why: 'The docker driver builds into the classic image store of the daemon, which holds one platform for each tag.',
    now: [
      {
        on: 'github',
        text: 'Make a docker-container builder before the build.',
        command: '- uses: docker/setup-buildx-action@v3',
      },
      {
        text: 'Make a docker-container builder and use it.',
        command: 'docker buildx create --driver docker-container --bootstrap --use',
      },
    ],
    signs: [
      {
        words: ['multiple platforms feature is', 'multi-platform build is not supported'],
        line: `(?:multiple platforms feature is (?:currently )?not supported|multi-platform build is not supported) for (?:the )?docker driver`,
        confidence: 0.97,
      },
    ],
  },
  {
    id: 'load-multi-platform',
    title: 'An image of several platforms cannot be loaded into this docker daemon',
    cause: 'environment',
    advice:
      'Push the image to a registry (--push), write it as an OCI layout (--output type=oci), or turn on the containerd image store.',
    source: 'https://github.com/docker/buildx/issues/59',
    why: 'The classic image store of the daemon holds one platform for each tag; an index does not fit.',
    now: [
      {
        text: 'Load one platform, or push all.',
        command: 'docker buildx build --platform linux/{arch} --load .',
      },
    ],
    signs: [
      {
        words: ['exporting manifest lists'],
        line: `does not (?:currently )?support exporting manifest lists`,
        confidence: 0.97,
      },
    ],
  },
  {
    id: 'ssh-builder-host-key',
    title: 'A remote builder was not reached: ssh does not know its host key',
    cause: 'environment',
    advice:
      'Put the host key of the builder into known_hosts where the build runs, before the build.',
    source: 'https://github.com/docker/buildx/issues/1799',
    why: 'docker talks to the builder through ssh, which refuses a host that it does not know, or waits for an answer that nobody gives.',
    now: [
      {
        text: 'Add the key, after you have compared its fingerprint.',
        command: 'ssh-keyscan HOST >> ~/.ssh/known_hosts',
      },
    ],
    signs: [
      {
        words: ['host key verification failed'],
        line: `host key verification failed`,
        near: {
          line: `dial-stdio|docker system|buildx|DOCKER_HOST|connhelper`,
          before: 10,
          after: 10,
        },
        confidence: 0.85,
      },
      {
        words: ['host key verification failed'],
        line: `(?:dial-stdio|docker|buildx).*host key verification failed`,
        confidence: 0.9,
      },
    ],
  },
  {
    ...describeKnown('platform-ignored'),
    title: 'The image is of another platform than the machine or the build',
    why: 'No variant for this machine was there, or an image of the other platform lay in the cache and was taken: it runs emulated, or not at all.',
    now: [
      {
        on: 'apple',
        text: 'Say which platform you mean, so that the emulation is intended.',
        command: 'docker run --platform linux/amd64 IMAGE',
      },
      {
        text: 'See which platforms the image has, and pull the right one.',
        command: 'archparity inspect docker://IMAGE',
      },
    ],
    signs: [
      {
        words: ['does not match the detected host platform'],
        line: `image's platform \\(${ARCH}\\) does not match the detected host platform`,
        confidence: 0.7,
      },
      {
        words: ['does not match the expected platform'],
        line: `image platform \\(${ARCH}\\) does not match the expected platform`,
        confidence: 0.7,
      },
      {
        words: ['invalidbaseimageplatform', 'was pulled with platform'],
        line: `was pulled with platform "${ARCH}", expected "${ARCH}`,
        confidence: 0.75,
      },
    ],
  },
];
