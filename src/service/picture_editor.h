#pragma once

#include "pipelines/source_pictures.h"
#include "service/picture.h"

namespace fude::service {

class Gallery;

/// Lays a mosaic over a part of a picture: a new picture beside it, called "NAME-edited", with all that the picture
/// says of itself, its job, tags, stars and note. `mask`: a picture's file of its size, white where the mosaic is to
/// be; `block`: the squares' side in pixels, 2..1024, or 0: as publishers ask for. The picture itself stays. Throws
/// Error: kNotFound (no such picture), kInvalidArgument (it is in the bin; the mask is no picture, empty, or of another
/// size), kCorruptFile (the picture cannot be decoded), and as pipelines::save_new().
Picture add_mosaic(Gallery& gallery, PictureId id, const pipelines::PictureBytes& mask, int block);

}  // namespace fude::service
