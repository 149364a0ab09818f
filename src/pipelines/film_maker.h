#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "io/films/film.h"
#include "pipelines/live_preview.h"
#include "pipelines/text_to_image.h"

namespace fude::pipelines {

/// How a film shows pictures that are not done yet.
enum class FilmPreview {
  kApprox,  // as preview_drawer(): by a tiny autoencoder where there is one, else an eighth of the size
  kFull,    // by the model's autoencoder, which takes as long as decoding the finished one, for every step
};

/// "approx" or "full". Throws Error(kInvalidArgument).
FilmPreview film_preview_from(std::string_view name);

struct FilmOptions {
  io::FilmFormat format = io::FilmFormat::kWebp;
  io::FilmTiming timing = {};
  FilmPreview preview = FilmPreview::kApprox;
};

/// Makes films of pictures on their way: what each step expected, then the finished picture. Of a batch the latents of
/// its steps are kept, at most kMostSteps of them; longer runs are shown in larger strides.
class FilmMaker {
 public:
  static constexpr std::size_t kMostSteps = 200;

  /// `model` must outlive this. Throws Error as preview_drawer(), and kUnsupportedModel for a format that cannot be
  /// written here, now.
  FilmMaker(const ModelLibrary& library, const PictureModel& model, const FilmOptions& options);

  /// To be told as TextToImageEvents::on_denoised.
  void add_step(const at::Tensor& denoised);

  /// The film of a picture that on_picture just gave; pictures must come in their order.
  std::vector<std::byte> film_of(const FinishedPicture& picture);

 private:
  io::Image drawn(const at::Tensor& latent, const FinishedPicture& picture) const;

  const PictureModel& model_;
  FilmOptions options_;
  PreviewDrawer draw_;
  std::vector<at::Tensor> steps_;  // [B,C,h,w] of the batch, CPU, fp16
  std::size_t stride_ = 1;         // every so many steps are kept
  std::size_t seen_ = 0;
  int place_ = 0;               // in the batch, of the next picture
  bool is_batch_done_ = false;  // a picture of it was given
};

}  // namespace fude::pipelines
