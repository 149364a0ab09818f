#include "server/openai_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <utility>

#include "core/error.h"
#include "io/images/picture_decoder.h"
#include "pipelines/infotext.h"
#include "pipelines/stored_text.h"
#include "server/error_response.h"
#include "server/multipart_form.h"

namespace fude::server {
namespace {

using pipelines::GenerationRequest;

std::span<const std::byte> bytes_of(const std::string& file) { return std::as_bytes(std::span(file)); }

// Fields are texts; those that are something else in a JSON body become it here.
Json value_of(const FormPart& part) {
  constexpr std::array<std::string_view, 3> kNotTexts{"n", "strength", "stream"};
  const std::string text(part.bytes);
  if (std::ranges::find(kNotTexts, part.name) == kNotTexts.end()) return text;
  Json value = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_primitive() && !value.is_discarded() ? value : Json(text);
}

void take_file(const FormPart& part, std::string& into) {
  if (!into.empty()) throw HttpError(400, fmt::format("{} is there twice, expected one picture", part.name), part.name);
  into = part.bytes;
}

io::Image decode(const std::string& file, const char* name) {
  try {
    return io::decode_picture(bytes_of(file), name);
  } catch (const Error& error) {
    throw HttpError(400, error.what(), name);
  }
}

// White where the picture is transparent; absent where it is nowhere.
std::optional<io::Image> transparency(const io::Image& image) {
  constexpr int kRgba = 4;
  constexpr std::uint8_t kHalf = 128;
  if (image.channels != kRgba) return std::nullopt;
  io::Image mask{.width = image.width, .height = image.height, .channels = 1, .pixels = {}};
  for (std::size_t i = kRgba - 1; i < image.pixels.size(); i += kRgba) {
    mask.pixels.push_back(image.pixels[i] < kHalf ? 255 : 0);
  }
  const bool has_some = std::ranges::find(mask.pixels, 255) != mask.pixels.end();
  return has_some ? std::optional(std::move(mask)) : std::nullopt;
}

void apply_picture(GenerationRequest& request, const EditForm& form, double usual_strength) {
  request.sources.init_images = {pipelines::picture_bytes(form.image)};
  request.denoising_strength = form.members.number("strength", 0, 1).value_or(usual_strength);
}

}  // namespace

EditForm read_edit_form(const Request& request, std::initializer_list<std::string_view> required) {
  Json members = Json::object();
  std::string image, mask;
  for (const FormPart& part : parse_form(request)) {
    if (part.name == "image" || part.name == "image[]") {
      take_file(part, image);
    } else if (part.name == "mask") {
      take_file(part, mask);
    } else if (!part.file_name.empty() || members.contains(part.name)) {
      throw HttpError(400, fmt::format("unexpected field '{}'", printable(part.name, 60)), printable(part.name, 60));
    } else {
      members[part.name] = value_of(part);
    }
  }
  if (image.empty()) throw HttpError(400, "image is missing", "image");
  return {.members = JsonObject(std::move(members), required), .image = std::move(image), .mask = std::move(mask)};
}

void apply_edit(GenerationRequest& request, const EditForm& form) {
  constexpr double kWhole = 0.75, kMasked = 0.9;  // of what is below a mask little is to be seen again
  constexpr int kSurroundings = 0;
  const io::Image image = decode(form.image, "image");
  const auto mask = form.mask.empty() ? transparency(image) : transparency(decode(form.mask, "mask"));
  if (!mask && !form.mask.empty()) {
    throw HttpError(400, "mask is transparent nowhere, expected that where the picture is to be made anew", "mask");
  }
  apply_picture(request, form, mask ? kMasked : kWhole);
  if (!mask) return;
  request.sources.mask = pipelines::png_of(*mask);
  request.inpainting_fill = kSurroundings;
}

void apply_variation(GenerationRequest& request, const EditForm& form) {
  constexpr double kAlike = 0.6;
  decode(form.image, "image");
  apply_picture(request, form, kAlike);
  if (!request.prompt.empty()) return;
  const auto text = pipelines::read_stored_text(bytes_of(form.image), "image").infotext;
  if (!text) return;
  const pipelines::Infotext infotext = pipelines::parse_infotext(*text);
  request.prompt = infotext.text("Prompt");
  request.negative_prompt = infotext.text("Negative prompt");
}

}  // namespace fude::server
