#pragma once

#include "pipelines/text_to_image.h"

namespace fude::pipelines {

/// SD upscale, as the web UI's script of that name: the picture is enlarged, cut into tiles of the request's width x
/// height, each is made anew from itself, and what comes out is joined. One picture for each of request.batch_count,
/// with seeds counting up; request.batch_size tiles are made at a time, and every such batch's seed is one more than
/// that of the one before. Steps are counted over all tiles. Where a picture is ended early, the tiles that are missing
/// stay as they were enlarged; false where the end of the job was asked for. Throws Error as text_to_image(), and
/// kInvalidArgument for a request without a picture, with several or with a mask, and as picture_grid().
bool run_sd_upscale(PictureModel& model, const GenerationRequest& request, const TextToImageEvents& events);

}  // namespace fude::pipelines
