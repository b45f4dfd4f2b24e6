import type { ProbeDefinition } from '../probe-definition.ts';

/** Pages, mappings, and code that a program writes itself. */
export const MEMORY_PROBES: readonly ProbeDefinition[] = [
  {
    id: 'page-size',
    title: 'page size',
    matters: 'jemalloc, Go and databases are built for a size; qemu-user shows that of the host',
    varies: true,
  },
  {
    id: 'madvise-dontneed',
    title: 'MADV_DONTNEED',
    matters: 'jemalloc and Go rely on zeroed pages',
  },
  {
    id: 'fork-wipe',
    title: 'MADV_WIPEONFORK',
    matters: 'random number generators must not repeat in a child',
  },
  {
    id: 'map-noreplace',
    title: 'MAP_FIXED_NOREPLACE',
    matters: 'loaders and sanitizers would overwrite mappings',
  },
  {
    id: 'high-address',
    title: 'mapping right below 2^47',
    matters: 'sanitizers and pointer tagging',
    varies: true,
  },
  {
    id: 'address-bits',
    title: 'addresses above 2^47',
    matters: 'tagged pointers (LuaJIT, JavaScript engines) break there',
    varies: true,
  },
  {
    id: 'remap',
    title: 'mremap moves a mapping',
    matters: 'realloc of large blocks',
  },
  {
    id: 'remap-dontunmap',
    title: 'MREMAP_DONTUNMAP',
    matters: 'garbage collectors',
  },
  {
    id: 'generated-code',
    title: 'code that a program writes and changes',
    matters: 'every JIT compiler',
  },
  {
    id: 'two-views-of-code',
    title: 'code written through a second mapping',
    matters: 'JITs with W^X: .NET, V8, LuaJIT',
  },
  {
    id: 'execute-protection',
    title: 'no execution without PROT_EXEC',
    matters: 'exploits are stopped by it',
  },
  {
    id: 'shared-memory',
    title: 'MAP_SHARED across fork',
    matters: 'servers with worker processes',
  },
  {
    id: 'system-v-memory',
    title: 'System V shared memory',
    matters: 'PostgreSQL, Oracle, X11',
  },
  {
    id: 'file-seals',
    title: 'seals of a memfd',
    matters: 'Wayland, systemd, D-Bus',
  },
  {
    id: 'resident-pages',
    title: 'mincore',
    matters: 'databases look what is in memory',
  },
  {
    id: 'unaligned-access',
    title: 'an unaligned read',
    matters: 'packed network structures',
  },
];
