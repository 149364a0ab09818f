import type { Margins } from '../../canvas/margins';
import type { Size } from '../create/picture-members';

/**
 * Where the picture lies in a result that went on beyond its edges, in shares of the result's sides; undefined where the
 * result is not made with these margins.
 */
export function placeWithin(picture: Size, result: Size, { left, top, right, bottom }: Margins) {
  const isGrown = left + top + right + bottom > 0;
  const isThis =
    result.width === picture.width + left + right && result.height === picture.height + top + bottom;
  if (!isGrown || !isThis) return undefined;
  return {
    left: left / result.width,
    top: top / result.height,
    width: picture.width / result.width,
    height: picture.height / result.height,
  };
}
