#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "io/images/digital_source.h"
#include "io/images/image.h"
#include "io/images/picture_encoder.h"
#include "pipelines/file_name.h"
#include "pipelines/picture_copies.h"

namespace fude::pipelines {

/// How pictures become files: what the web UI's settings say on its pages about saving.
struct SavingOptions {
  io::PictureEncoding encoding = {};  // samples_format, jpeg_quality, webp_lossless
  bool writes_infotext = true;        // enable_pnginfo
  bool writes_text_file = false;      // save_txt: the text in a file beside the picture, too
  bool writes_small_copy = false;     // export_for_4chan: see write_companions()
  bool writes_source = true;          // XMP DigitalSourceType
  bool is_numbered = true;            // save_images_add_number
  bool has_folders = true;            // save_to_dirs
  std::string name_pattern = {};      // samples_filename_pattern; empty: [seed], without folders [seed]-[prompt_spaces]
  std::string folder_pattern = {};    // directories_filename_pattern; empty: [date]
};

/// A picture's file.
struct EncodedPicture {
  std::vector<std::byte> bytes = {};
  io::PictureFormat format = io::PictureFormat::kPng;
};

/// The file of a picture. What the format cannot hold becomes PNG: too many pixels a side, too long a text.
EncodedPicture encode_for_saving(const io::Image& image, const std::string& infotext, io::DigitalSource source,
                                 const SavingOptions& options);

/// The folder (relative; empty: none) and the name (without number and ending, folders of its own allowed) by the
/// patterns. `suffix` goes to the end of the name: "-before-highres-fix", "-mask", ...
std::filesystem::path saving_folder(const SavingOptions& options, const NamingFacts& facts);
std::string saving_name(const SavingOptions& options, const NamingFacts& facts, std::string_view suffix = {});

/// What goes beside a saved picture: with writes_text_file "NAME.txt" with the infotext and a line break; with
/// writes_small_copy, when the file has more than 4 MiB or a side more than 4000 pixels, "NAME.jpg" ("NAME-small.jpg"
/// beside a JPEG) with at most 4000. Returns the paths. Throws Error as platform::AtomicFile.
std::vector<std::filesystem::path> write_companions(const std::filesystem::path& picture, const io::Image& image,
                                                    const std::string& infotext, const SavingOptions& options);

/// The file of a copy: PNG where it is transparent, which JPEG cannot be.
EncodedPicture encode_copy(const PictureCopy& copy, const std::string& infotext, const SavingOptions& options);

/// What is kept beside a saved picture, each as "NAME-mask.png" for "NAME.png", with the same text. Returns the paths.
/// Throws Error as platform::AtomicFile.
std::vector<std::filesystem::path> write_copies(const std::filesystem::path& picture,
                                                std::span<const PictureCopy> copies, const std::string& infotext,
                                                const SavingOptions& options);

/// A picture that others were started from, as MD5.png in `folder`, which is made when it is missing. One that is there
/// already stays. Throws Error as platform::AtomicFile.
std::filesystem::path write_init_picture(const std::filesystem::path& folder, const InitPicture& init);

}  // namespace fude::pipelines
