#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/images/image.h"
#include "pipelines/generation_request.h"
#include "pipelines/live_preview.h"
#include "pipelines/picture_coding.h"
#include "pipelines/picture_copies.h"
#include "pipelines/picture_model.h"

namespace fude::pipelines {

/// One picture, done.
struct FinishedPicture {
  int index = 0;              // in the job, from 0
  GenerationRequest request;  // with the picture's own seeds and its true size
  io::Image image = {};
  std::string infotext = {};
  std::vector<std::string> warnings = {};  // what on_warning was told of its job so far
  std::optional<int> unfinished_at = {};   // steps done when its batch was ended early
  std::vector<PictureCopy> copies = {};    // as the request's save_ and return_ members ask
  std::optional<InitPicture> init = {};    // with save_init_img: to be kept in init-images
};

/// What is to happen next.
enum class Continuation { kGoOn, kEndBatch, kEndJob };

/// Wall-clock time of the stages, over all batches.
struct StageSeconds {
  double text = 0;
  double sample = 0;
  double decode = 0;
};

struct TextToImageEvents {
  /// After each sampling step: steps done and to do, over all batches. May throw Error(kCancelled).
  std::function<void(int done, int total)> on_step = [](int, int) {};
  /// About what the pictures are made without (a network of the prompt that is missing or does not fit; before the
  /// first step), and about what is done in another way than asked for: the autoencoder in fp32 where half precision is
  /// not enough.
  WarningListener on_warning = [](const std::string&) {};
  /// With what each step expects the batch's clean latents to be, right before on_step.
  LatentListener on_denoised = [](const at::Tensor&) {};
  /// Asked before each batch and after each of its steps but the last. A batch that ends early is decoded from what its
  /// last step expected, and its pictures say so in their text ("Unfinished: 5/20"); then the next batch begins or,
  /// with kEndJob, nothing more is made. Before a batch kEndBatch says nothing.
  std::function<Continuation()> continuation = [] { return Continuation::kGoOn; };
  /// As soon as a picture is done, so that an interruption later loses nothing.
  std::function<void(FinishedPicture picture, const StageSeconds& so_far)> on_picture;
};

/// The latents of a whole job, for comparison with other programs: fp32, CPU, [pictures,C,h,w]. Undefined where a job
/// ended before its first batch.
struct LatentRecord {
  at::Tensor noise;   // the starting noise before scaling
  at::Tensor latent;  // what the decoder was given, in the model's own scale
};

/// Makes the pictures of a request from words alone. The request must be normalised and its seeds resolved; width and
/// height 0 stand for the model's native size. The same request gives the same pictures, whatever the batch and
/// whatever was made before: the model's weights are patched as this prompt's networks ask, and only so. Throws Error:
/// kInvalidArgument (an unknown sampler or schedule), kCancelled.
LatentRecord text_to_image(PictureModel& model, const GenerationRequest& request, const TextToImageEvents& events);

}  // namespace fude::pipelines
