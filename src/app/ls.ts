// `archparity ls`: what there is to run and to run on, with CPU architectures.
export { listImages, type ListedImage, type ListedImages } from './ls/list-images.ts';
export { listHosts, type ListedHost } from './ls/list-hosts.ts';
export { listLanes, type ListedLane } from './ls/list-lanes.ts';
export { listMachines, type ListedMachine } from './ls/list-machines.ts';
