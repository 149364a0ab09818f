#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "io/images/png_file.h"
#include "service/database.h"
#include "service/gallery.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {

inline std::string infotext(const std::string& prompt, std::int64_t seed, const std::string& model = "hajime") {
  return prompt + "\nNegative prompt: lowres, 悪い手\nSteps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: " +
         std::to_string(seed) + ", Size: 8x4, Model hash: 0123456789, Model: " + model;
}

inline std::vector<std::byte> picture_bytes(const std::string& text, std::uint8_t shade = 0) {
  const io::Image image{.width = 8, .height = 4, .channels = 3, .pixels = std::vector<std::uint8_t>(96, shade)};
  if (text.empty()) return io::encode_png(image);
  const io::PngText texts[] = {{"parameters", text}};
  return io::encode_png(image, texts);
}

inline void write_file(const std::filesystem::path& file, std::span<const std::byte> bytes) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline std::string file_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A data folder with a database and a gallery of small pictures.
class GalleryTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  std::filesystem::path outputs_ = folder_ / "outputs";
  Database database_{folder_ / "fude.db"};
  Gallery gallery_{database_, outputs_};

  /// Writes a picture; a day later than the one before.
  std::filesystem::path draw(const std::string& name, const std::string& prompt, const std::string& model = "hajime") {
    const std::filesystem::path file = outputs_ / name;
    write_file(file, picture_bytes(infotext(prompt, ++drawn_, model)));
    using namespace std::chrono_literals;
    std::filesystem::last_write_time(file, first_day_ + drawn_ * 24h);
    return file;
  }
  Picture add(const std::string& name, const std::string& prompt, const std::string& model = "hajime") {
    return gallery_.add(draw(name, prompt, model));
  }

  /// The files of all pages, in order.
  std::vector<std::string> files(PictureQuery query) const {
    std::vector<std::string> names;
    do {
      const PicturePage page = gallery_.search(query);
      for (const Picture& picture : page.pictures) names.push_back(picture.file);
      query.cursor = page.next_cursor;
    } while (!query.cursor.empty());
    return names;
  }
  std::vector<std::string> files(const std::string& text = "") const {
    PictureQuery query;
    query.text = text;
    return files(query);
  }

 private:
  int drawn_ = 0;
  // 2026-01-01 12:00 UTC: noon, so that the day is the same in most time zones.
  std::filesystem::file_time_type first_day_ =
      std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(1'767'268'800)));
};

}  // namespace fude::service
