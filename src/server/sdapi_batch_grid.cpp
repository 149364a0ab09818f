#include "server/sdapi_batch_grid.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "io/images/digital_source.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_format.h"
#include "pipelines/comparison/grid_drawing.h"
#include "pipelines/comparison/grid_files.h"
#include "pipelines/output_files.h"
#include "service/saving_settings.h"

namespace fude::server {
namespace {

namespace comparison = pipelines::comparison;
using service::JobSettings;
using service::MadePicture;

// Absent: too large.
std::optional<io::Image> drawn(const JobSettings& settings, int batch_size, std::span<const MadePicture> pictures) {
  std::vector<io::Image> images;
  for (const MadePicture& picture : pictures) images.push_back(io::decode_picture(picture.bytes));
  std::vector<comparison::GridPlace> places;
  for (const io::Image& image : images) places.push_back({.picture = &image});
  const std::size_t rows = comparison::grid_rows(images.size(), static_cast<int>(settings.whole("n_rows")),
                                                 static_cast<std::size_t>(std::max(1, batch_size)),
                                                 settings.truth("grid_prevent_empty_spots"));
  const comparison::GridLayout layout = comparison::plain_layout(places, rows);
  const comparison::GridSize size = comparison::grid_size(layout);
  constexpr double kMillion = 1e6;
  const double pixels = static_cast<double>(size.width) * static_cast<double>(size.height);
  if (pixels > comparison::kMostMegapixels * kMillion) return std::nullopt;
  return comparison::draw_grid(layout, places);
}

}  // namespace

MadePicture drawn_picture(const io::Image& image, const std::string& infotext, std::int64_t seed,
                          const JobSettings& settings) {
  const auto source = io::DigitalSource::kGenerated;
  return {.bytes = pipelines::encode_for_saving(image, infotext, source, service::saving_options(settings)).bytes,
          .infotext = infotext,
          .seed = seed};
}

std::optional<MadePicture> batch_grid(const service::Studio& studio, const JobSettings& settings, Tab tab,
                                      int batch_size, std::span<const MadePicture> pictures) {
  const bool returns = settings.truth("return_grid"), saves = settings.truth("grid_save");
  const std::size_t fewest = settings.truth("grid_only_if_multiple") ? 2 : 1;
  if (pictures.size() < fewest || !(returns || saves)) return std::nullopt;
  const std::optional<io::Image> image = drawn(settings, batch_size, pictures);
  if (!image) return std::nullopt;
  const MadePicture& first = pictures.front();
  if (saves) {
    const pipelines::EncodedPicture file = service::encode_grid(*image, first.infotext, settings);
    comparison::save_grid(pipelines::dated_output_folder(studio.options().data_dir, settings.text(grids_setting(tab))),
                          "grid", first.seed, file.bytes, {}, io::file_ending(file.format));
  }
  if (!returns) return std::nullopt;
  return drawn_picture(*image, first.infotext, first.seed, settings);
}

}  // namespace fude::server
