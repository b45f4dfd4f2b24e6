/**
 * What differs between two architectures of every distribution, so that it says nothing of the image at
 * hand. Paths have the names of their own platform replaced by `{arch}`.
 */
export interface DistributionDifference {
  readonly paths: RegExp;
  /** `path`: it need not be on both sides. `content`: type, mode and owner are compared, not what is in it. */
  readonly leaveOut: 'path' | 'content';
  /** Only links with this target. */
  readonly linksTo?: RegExp;
  /** Why nobody needs to look at it, as a clause. */
  readonly reason: string;
}

/** Something in text that is written anew for each architecture. */
export interface TextRewrite {
  /** Only in these files; absent = everywhere. */
  readonly paths?: RegExp;
  readonly pattern: RegExp;
  readonly with: string;
  readonly reason: string;
}

/** The first that fits counts. */
export const DISTRIBUTION_DIFFERENCES: readonly DistributionDifference[] = [
  {
    paths:
      /^(?:\/usr)?\/lib(?:32|64|x32)?(?:\/\{arch\})?\/(?:ld(?:64)?(?:-linux[^/]*)?\.so\.\d|ld-musl-[^/]*\.so\.1|libc\.musl-[^/]*)$/,
    leaveOut: 'path',
    reason:
      'the loader lies where the ABI of its architecture wants it (inspect: programs checks that it is there)',
  },
  {
    paths: /^(?:\/usr)?\/lib(?:32|64|x32)$/,
    leaveOut: 'path',
    reason: 'the directory that the ABI of its architecture wants the loader in',
  },
  {
    paths: /^\/usr\/bin\/[\w{}]+$|^\/usr\/share\/man\/man8\/[\w{}]+\.8(?:\.gz)?$/,
    linksTo: /(?:^|\/)setarch(?:\.8(?:\.gz)?)?$/,
    leaveOut: 'path',
    reason: 'setarch has a link for each name of its own machines',
  },
  {
    paths: /\/\.build-id(?:\/|$)/,
    leaveOut: 'path',
    reason: 'named by a hash of each build',
  },
  {
    paths: /^\/usr\/include\/\{arch\}(?:\/|$)/,
    leaveOut: 'path',
    reason: 'the headers of the C library and the kernel for one architecture',
  },
  {
    paths: /^\/usr\/lib\/gcc(?:-cross)?\/\{arch\}(?:-\w+)*(?:\/|$)/,
    leaveOut: 'path',
    reason: 'the compiler’s own headers and objects for one architecture',
  },
  {
    paths: /\/lib(?:mvec|quadmath|hwasan|itm|cc1|mpx|lsan|tsan|asan|ubsan)(?:[._-][^/]*)?$/,
    leaveOut: 'path',
    reason: 'a library of glibc or gcc that is built for some architectures only',
  },
  {
    paths: /^\/usr\/lib\/\{arch\}\/ldscripts(?:\/|$)/,
    leaveOut: 'path',
    reason: 'the linker’s own scripts for one architecture',
  },
  {
    paths:
      /^\/usr\/lib\/\{arch\}\/perl\/[\d.]+\/(?:.*\.ph|(?:asm|asm-generic|bits|gnu|linux|sys))$/,
    leaveOut: 'path',
    reason: 'the headers of one architecture, translated for perl',
  },
  {
    paths: /\/engines-[\d.]+\/padlock\.so$/,
    leaveOut: 'path',
    reason: 'a driver for hardware of some architectures only',
  },
  {
    paths:
      /\/lib(?:drm_|drm-)(?:intel|radeon|amdgpu|nouveau|freedreno|tegra|etnaviv|exynos|omap)\d?[^/]*$/,
    leaveOut: 'path',
    reason: 'a driver for hardware of some architectures only',
  },
  {
    paths:
      /^\/(?:usr\/share\/(?:doc|lintian\/overrides|bug)|var\/lib\/dpkg\/info)\/lib(?:quadmath|hwasan|itm|mpx|lsan|tsan|asan|ubsan|drm-(?:intel|radeon|amdgpu|nouveau|etnaviv|tegra|freedreno))\d*(?:[:./]|$)/,
    leaveOut: 'path',
    reason: 'belongs to a package that is built for some architectures only',
  },
  {
    paths: /^\/var\/lib\/apt\/lists\/|^\/usr\/lib\/sysimage\/rpm\/|^\/var\/lib\/rpm\//,
    leaveOut: 'path',
    reason: 'an index or a binary database of packages for one architecture',
  },
  {
    paths: /^(?:\/usr)?\/bin\/ldd$/,
    leaveOut: 'content',
    reason: 'names the loaders of its own architecture',
  },
  {
    paths:
      /\/(?:_sysconfigdata_[^/]*\.py|config-3\.[^/]*\/(?:Makefile|config\.c)|python3[^/]*\/pyconfig\.h)$/,
    leaveOut: 'content',
    reason: 'python writes down how it was built',
  },
  {
    paths:
      /\/(?:perl-base|core_perl|perl\/[\d.]+|perl5\/[\d.]+\/\{arch\}[^/]*|debian-config-data-[\d.]+)\/(?:Config(?:_heavy|_git)?\.p[lm]|CORE\/[^/]+\.h|config\.sh[^/]*\.gz)$/,
    leaveOut: 'content',
    reason: 'perl writes down how it was built',
  },
  {
    paths: /\/rbconfig\.rb$|\/mkmf\.log$|\/gem_make\.out$|\/config\.gypi$/,
    leaveOut: 'content',
    reason: 'ruby and node write down how they and their modules were built',
  },
  {
    paths:
      /\/pkgconfig\/[^/]+\.pc$|\/lib[^/]*\.la$|^\/usr\/(?:local\/)?bin\/[^/]*-config(?:-\d[\d.]*)?$/,
    leaveOut: 'content',
    reason: 'the flags to link with a library are those of its architecture',
  },
  {
    paths: /\/[^/]+\.(?:dist|egg)-info\/(?:RECORD|WHEEL|direct_url\.json|SOURCES\.txt)$/,
    leaveOut: 'content',
    reason: 'lists hashes and names of the wheel that was built for one architecture',
  },
  {
    paths: /\/node_modules\/\.(?:package-lock\.json|yarn-state\.yml|modules\.yaml)$/,
    leaveOut: 'content',
    reason: 'lists the packages that were chosen for one architecture',
  },
  {
    paths: /\/__pycache__\/[^/]+\.pyc$|\.pyc$/,
    leaveOut: 'content',
    reason: 'made from its source, whose time it holds',
  },
  {
    paths: /^\/var\/lib\/dpkg\/info\/[^/]+$|^\/var\/lib\/dpkg\/status\.d\/[^/]+\.md5sums$/,
    leaveOut: 'content',
    reason: 'notes of the package manager on a package (its version and its files are compared)',
  },
  {
    paths:
      /^\/var\/lib\/dpkg\/(?:status-old|available|available-old|diversions-old|statoverride-old)$|^\/var\/lib\/apt\/extended_states$|^(?:\/usr)?\/lib\/apk\/db\/(?:scripts\.tar(?:\.gz)?|triggers)$/,
    leaveOut: 'content',
    reason: 'notes of the package manager (its packages are compared themselves)',
  },
  {
    paths: /^\/var\/(?:log|cache)\//,
    leaveOut: 'content',
    reason: 'logs and caches say when the image was built',
  },
  {
    paths:
      /^\/etc\/ld\.so\.cache$|\/(?:gconv-modules|loaders|giomodule|icon-theme|immodules)\.cache$/,
    leaveOut: 'content',
    reason: 'an index of libraries of one architecture',
  },
  {
    paths: /^\/etc\/machine-id$|^\/var\/lib\/dbus\/machine-id$|^\/etc\/ssh\/ssh_host_[^/]*$/,
    leaveOut: 'content',
    reason: 'random for each machine',
  },
  {
    paths: /^\/usr\/share\/(?:doc|lintian|bug)\/[^/]+\/./,
    leaveOut: 'path',
    reason: 'documentation of a package (that it is there is compared)',
  },
];

/** Packages that a distribution builds for some architectures only; names without their architecture. */
export const SOME_ARCHITECTURES_ONLY =
  /^lib(?:quadmath|hwasan|itm|mpx|lsan|tsan|asan|ubsan|drm-(?:intel|radeon|amdgpu|nouveau|etnaviv|tegra|freedreno))\d*$/;

/** Before the names of platforms are replaced. */
export const TEXT_REWRITES: readonly TextRewrite[] = [
  {
    pattern: /(?:\/usr)?\/lib(?:32|64|x32)?\/ld(?:64)?-(?:linux|musl)[\w-]*\.so\.\d/g,
    with: '{loader}',
    reason: 'the loader lies where the ABI of its architecture wants it',
  },
  {
    pattern: /(?<=[a-z0-9_]-)(?:pc|unknown)-(?=linux-(?:gnu|musl))/g,
    with: '',
    reason: 'the vendor in a GNU triplet is pc for x86 and unknown for others',
  },
  {
    pattern: /\/build\/([a-z0-9][a-z0-9+.-]*)-[A-Za-z0-9_]{6}(?=\/)/g,
    with: '/build/$1-{random}',
    reason: 'Debian builds packages in a directory with a random name',
  },
  {
    pattern: / ?-(?:fcf-protection(?:=\w+)?|mbranch-protection=[\w+-]+)/g,
    with: '',
    reason: 'compilers harden the control flow of each architecture with a flag of its own',
  },
  {
    paths: /^\/etc\/shadow-?$/,
    pattern: /^([^:\n]*:[^:\n]*):\d+:/gm,
    with: '$1:{day}:',
    reason: 'the day on which a password was set is that of the build',
  },
];

/** In paths, after the names of platforms were replaced. */
export const PATH_REWRITES: readonly Omit<TextRewrite, 'paths'>[] = [
  {
    pattern: /(\/[^/]+\.libs\/[^/]+?)-[0-9a-f]{8}(?=[.-])/g,
    with: '$1-{hash}',
    reason: 'wheels carry libraries whose names have a hash of their content',
  },
];
