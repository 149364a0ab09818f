#pragma once

#include <optional>
#include <vector>

#include "io/images/image.h"
#include "pipelines/generation_request.h"
#include "pipelines/picture_copies.h"
#include "pipelines/picture_preparation.h"

namespace fude::pipelines {

/// What is kept or handed out beside the finished picture, as the request's save_ and return_ members ask: the picture
/// before its colours were corrected, the mask as it was used, and what was made anew, transparent where it was not.
/// Parameters as finished().
std::vector<PictureCopy> copies_of(const io::Image& decoded, const PreparedPictures& prepared,
                                   const GenerationRequest& request, int index,
                                   const std::optional<io::Image>& changed = {});

/// What a decoded picture becomes: it gets the colours of what it was made from, where that is asked for, and what was
/// not masked is laid over it, byte for byte as it was. `index`: of the picture in the job. `changed`: a mask of the
/// result's size to go by instead of the request's own (soft inpainting).
io::Image finished(const io::Image& decoded, const PreparedPictures& prepared, const GenerationRequest& request,
                   int index, const std::optional<io::Image>& changed = {});

}  // namespace fude::pipelines
