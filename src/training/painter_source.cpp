#include <fmt/format.h>

#include "training/painter/captions.h"
#include "training/painter/paint.h"
#include "training/picture_source.h"

namespace fude::training {
namespace {

class PainterSource : public PictureSource {
 public:
  PainterSource(std::uint64_t seed, std::int64_t count) : seed_(seed), count_(count) {}

  std::int64_t count() const override { return count_; }
  std::int64_t size() const override { return painter::kPictureSize; }
  std::string identity() const override { return fmt::format("painter {}, seed {}", painter::kPaintingVersion, seed_); }

  Pixels picture(std::int64_t index) const override { return painter::paint(character(index)).rgb; }
  std::vector<std::string> tags(std::int64_t index) const override { return painter::caption_tags(character(index)); }
  std::vector<std::string> all_tags() const override { return painter::all_tags(); }

 private:
  painter::Character character(std::int64_t index) const {
    return painter::draw_character(seed_, static_cast<std::uint64_t>(index));
  }

  std::uint64_t seed_;
  std::int64_t count_;
};

}  // namespace

std::unique_ptr<PictureSource> make_painter_source(std::uint64_t seed, std::int64_t count) {
  return std::make_unique<PainterSource>(seed, count);
}

}  // namespace fude::training
