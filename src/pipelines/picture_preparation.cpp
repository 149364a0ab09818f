#include "pipelines/picture_preparation.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "io/images/blur.h"
#include "io/images/composite.h"

namespace fude::pipelines {
namespace {

using io::Image;

constexpr int kOriginalContent = 1;  // inpainting_fill: what lies below the mask stays as it is
constexpr int kLatentResize = 3;     // resize_mode

Image decode_init_image(const PictureBytes& bytes, const std::string& name) {
  constexpr int kSmallest = 8;
  Image image = decode_source(bytes, name);
  if (std::min(image.width, image.height) < kSmallest) {
    fail(ErrorCode::kInvalidArgument, "{} is {}x{}, expected at least {} pixels a side", name, image.width,
         image.height, kSmallest);
  }
  return image;
}

std::vector<Image> decode_init_images(const GenerationRequest& request) {
  std::vector<Image> decoded;
  for (std::size_t i = 0; i < request.sources.init_images.size(); ++i) {
    decoded.push_back(decode_init_image(request.sources.init_images[i], fmt::format("init_images[{}]", i)));
  }
  for (const Image& image : decoded) {
    const Image& first = decoded.front();
    if (!request.sources.mask || (image.width == first.width && image.height == first.height)) continue;
    fail(ErrorCode::kInvalidArgument, "init_images are {}x{} and {}x{}, expected one size below one mask", first.width,
         first.height, image.width, image.height);
  }
  return decoded;
}

int whole_cells(double side) {
  constexpr int kSmallest = 64, kLargest = 8192, kCell = 8;
  return std::clamp(static_cast<int>(side) / kCell * kCell, kSmallest, kLargest);
}

void give_size(GenerationRequest& request, const Image& picture, int native_size) {
  if (request.width != 0) return;
  const double most = 4.0 * native_size * native_size;
  const double scale = std::min(1.0, std::sqrt(most / picture.width / picture.height));
  request.width = whole_cells(picture.width * scale);
  request.height = whole_cells(picture.height * scale);
}

// The mask in the picture's own size, inverted and blurred as asked.
Image read_mask(const GenerationRequest& request, const Image& picture) {
  const Image source = decode_source(request.sources.mask, "mask");
  if (source.width != picture.width || source.height != picture.height) {
    fail(ErrorCode::kInvalidArgument, "mask is {}x{}, expected {}x{} as the picture that it lies on", source.width,
         source.height, picture.width, picture.height);
  }
  Image mask = mask_of(source, request.mask_round);
  if (request.inpainting_mask_invert) mask = io::inverted(std::move(mask));
  const MaskBlur blur = mask_blur_of(request);
  return io::gaussian_blur(mask, blur.x, blur.y);
}

// Twice as opaque, so that the result alone shows where the mask is at least half.
Image doubled(Image mask) {
  for (std::uint8_t& byte : mask.pixels) byte = static_cast<std::uint8_t>(std::min(2 * byte, 255));
  return mask;
}

/// Brings the pictures of one request to size.
class Preparation {
 public:
  Preparation(GenerationRequest& request, io::Enlarge enlarge) : request_(request), enlarge_(std::move(enlarge)) {}

  PreparedPictures run(const std::vector<Image>& decoded) {
    for (const Image& image : decoded) flat_.push_back(io::flattened(image, background_of(request_)));
    if (request_.sources.mask) take_mask(decoded.front());
    for (const Image& image : flat_) add(image);
    return std::move(prepared_);
  }

 private:
  io::FitMode fit_mode() const { return static_cast<io::FitMode>(std::min(request_.resize_mode, 2)); }

  void take_mask(const Image& picture) {
    const Image mask = read_mask(request_, picture);
    if (request_.inpaint_full_res) {
      take_region(mask);
    } else {
      prepared_.mask = io::fit(mask, request_.width, request_.height, mask_fit_mode());
      overlay_mask_ = doubled(*prepared_.mask);
    }
    if (!prepared_.mask) return;
    prepared_.overlay_mask = overlay_mask_;
    prepared_.latent_mask = prepared_.mask;
    if (request_.sources.latent_mask) {
      const Image given = mask_of(decode_source(request_.sources.latent_mask, "latent_mask"), request_.mask_round);
      prepared_.latent_mask = io::fit(given, request_.width, request_.height, io::FitMode::kStretch);
    }
  }

  // The latent is stretched in mode 3, so the mask is, too.
  io::FitMode mask_fit_mode() const {
    return request_.resize_mode == kLatentResize ? io::FitMode::kStretch : fit_mode();
  }

  void take_region(const Image& mask) {
    const std::optional<Region> region = masked_region(mask, request_.inpaint_full_res_padding);
    if (!region) {
      prepared_.warnings.emplace_back("the mask is empty, so the whole picture is made anew");
      request_.inpaint_full_res = false;
      return;
    }
    place_ = widened(*region, request_.width, request_.height, mask.width, mask.height);
    prepared_.mask = io::fit(part_of(mask), request_.width, request_.height, io::FitMode::kFill);
    prepared_.place = place_;
    overlay_mask_ = mask;
  }

  Image part_of(const Image& image) const {
    return io::crop(image, place_->left, place_->top, place_->width(), place_->height());
  }

  void add(Image image) {
    if (!place_ && request_.resize_mode != kLatentResize) {
      image = io::fit(image, request_.width, request_.height, fit_mode(), enlarge_);
    }
    if (prepared_.mask) {
      const bool is_result_size = place_ || request_.resize_mode != kLatentResize;
      Image below = is_result_size ? image : io::fit(image, request_.width, request_.height, io::FitMode::kStretch);
      prepared_.overlays.push_back(overlay_of(below, *overlay_mask_));
      prepared_.originals.push_back(std::move(below));
    }
    if (place_) image = io::fit(part_of(image), request_.width, request_.height, io::FitMode::kFill, enlarge_);
    if (prepared_.mask && request_.inpainting_fill != kOriginalContent) {
      image = filled(image, io::fit(*prepared_.latent_mask, image.width, image.height, io::FitMode::kStretch));
    }
    if (request_.img2img_color_correction) prepared_.colours.push_back(image);
    prepared_.pictures.push_back(std::move(image));
  }

  GenerationRequest& request_;
  io::Enlarge enlarge_;
  std::vector<Image> flat_;
  std::optional<Image> overlay_mask_;
  std::optional<Region> place_;  // of the picture that is made, when it is only a part
  PreparedPictures prepared_;
};

}  // namespace

io::Rgb background_of(const GenerationRequest& request) {
  const std::string& text = request.img2img_background_color;
  std::uint32_t value = 0xFFFFFF;
  std::from_chars(text.data() + 1, text.data() + text.size(), value, 16);
  return {.red = static_cast<std::uint8_t>(value >> 16U),
          .green = static_cast<std::uint8_t>(value >> 8U),
          .blue = static_cast<std::uint8_t>(value)};
}

void check_pictures(const GenerationRequest& request) {
  if (request.sources.firstpass_image) decode_init_image(request.sources.firstpass_image, "firstpass_image");
  if (!starts_from_picture(request)) return;
  const std::vector<Image> decoded = decode_init_images(request);
  if (!request.sources.mask) return;
  if (request.sources.latent_mask) decode_source(request.sources.latent_mask, "latent_mask");
  if (masked_region(read_mask(request, decoded.front()), 0)) return;
  fail(ErrorCode::kInvalidArgument, "mask is {} all over, expected {} where the picture is to be made anew",
       request.inpainting_mask_invert ? "white" : "black", request.inpainting_mask_invert ? "black" : "white");
}

PreparedPictures prepare_pictures(GenerationRequest& request, int native_size, const FindEnlarger& find_enlarger) {
  const std::vector<Image> decoded = decode_init_images(request);
  give_size(request, decoded.front(), native_size);
  if (decoded.size() > 1) request.batch_size = static_cast<int>(decoded.size());
  const std::string& name = request.upscaler_for_img2img;
  return Preparation(request, name == "None" ? io::Enlarge() : find_enlarger(name)).run(decoded);
}

}  // namespace fude::pipelines
