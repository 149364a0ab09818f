#include "service/saving_settings.h"

namespace fude::service {

pipelines::SavingOptions saving_options(const JobSettings& settings) {
  const auto format = io::format_named(settings.text("samples_format"));
  return {.encoding = {.format = format.value_or(io::PictureFormat::kPng),
                       .quality = static_cast<int>(settings.whole("jpeg_quality")),
                       .is_lossless = settings.truth("webp_lossless")},
          .writes_infotext = settings.truth("enable_pnginfo"),
          .writes_text_file = settings.truth("save_txt"),
          .writes_small_copy = settings.truth("export_for_4chan"),
          .writes_source = settings.truth("write_digital_source"),
          .is_numbered = settings.truth("save_images_add_number"),
          .has_folders = settings.truth("save_to_dirs"),
          .name_pattern = settings.text("samples_filename_pattern"),
          .folder_pattern = settings.text("directories_filename_pattern")};
}

pipelines::EncodedPicture encode_grid(const io::Image& grid, const std::string& infotext, const JobSettings& settings) {
  pipelines::SavingOptions options = saving_options(settings);
  options.encoding.format = io::format_named(settings.text("grid_format")).value_or(io::PictureFormat::kPng);
  return encode_for_saving(grid, infotext, io::DigitalSource::kGenerated, options);
}

}  // namespace fude::service
