#include "service/request_sources.h"

#include <array>
#include <string_view>
#include <utility>

#include "core/error.h"

namespace fude::service {
namespace {

using pipelines::GenerationRequest;
using pipelines::PictureBytes;
using pipelines::SourcePictures;

constexpr std::string_view kInitImages = "init_images";
constexpr std::array<std::pair<std::string_view, PictureBytes SourcePictures::*>, 3> kSingles{{
    {"mask", &SourcePictures::mask},
    {"latent_mask", &SourcePictures::latent_mask},
    {"firstpass_image", &SourcePictures::firstpass_image},
}};

void give(SourcePictures& pictures, const Source& source) {
  if (source.member == kInitImages) {
    pictures.init_images.push_back(source.bytes);
    return;
  }
  for (const auto& [name, member] : kSingles) {
    if (source.member != name) continue;
    pictures.*member = source.bytes;
    return;
  }
  fail(ErrorCode::kInvalidArgument, "a job starts from '{}', which is not known to this version",
       printable(source.member, 60));
}

}  // namespace

std::vector<Source> take_sources(GenerationRequest& request) {
  SourcePictures pictures = std::exchange(request.sources, {});
  std::vector<Source> sources;
  for (PictureBytes& picture : pictures.init_images) {
    sources.push_back({.member = std::string(kInitImages), .bytes = std::move(picture)});
  }
  for (const auto& [name, member] : kSingles) {
    if (pictures.*member) sources.push_back({.member = std::string(name), .bytes = std::move(pictures.*member)});
  }
  return sources;
}

void give_sources(GenerationRequest& request, const std::vector<Source>& sources) {
  for (const Source& source : sources) give(request.sources, source);
}

std::vector<Source> upscale_sources(const PictureBytes& image) {
  if (!image) return {};
  return {{.member = "image", .bytes = image}};
}

PictureBytes upscaled_source(const std::vector<Source>& sources) {
  return sources.empty() ? PictureBytes() : sources.front().bytes;
}

}  // namespace fude::service
