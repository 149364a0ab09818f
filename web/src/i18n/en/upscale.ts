export const upscale = {
  title: 'Upscale',
  explained: 'Makes a picture larger and keeps what it shows.',
  empty: 'Bring a picture to enlarge',
  emptyText:
    'Drop it here, paste it, or choose a file. Every picture in the gallery has a button for it, too.',
  start: 'Enlarge',
  upscaler: 'Upscaler',
  upscalerHint:
    'Networks add detail that fits; “Lanczos” and “Nearest” only compute. Put files of networks into models/ESRGAN.',
  none: 'None',
  second: 'Second upscaler',
  secondHint: 'Its picture is laid over the first one’s, as strongly as you say.',
  secondShare: 'Share of the second',
  by: 'By',
  byFactor: 'a factor',
  bySize: 'a size',
  factor: 'Times as large',
  crops: 'Cut off what hangs over',
  tiles: 'Tiles',
  tile: 'Side of a tile',
  tileHint:
    'Larger pictures are enlarged in tiles, so that memory is enough. Smaller tiles need less of it; 0: none.',
  overlap: 'Overlap of tiles',
  result: (width: number, height: number) => `${width} × ${height}`,
  cannotUse: (name: string, why: string) => `${name}: ${why}`,
  again: 'Use the result as the next picture',
};
