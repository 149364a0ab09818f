#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "io/images/image.h"

namespace fude::io {

/// Kinds of moving pictures that are written: animated WebP, and MP4 with H.264 (yuv420p), which everything plays.
enum class FilmFormat { kWebp, kMp4 };

/// ".webp" or ".mp4", with or without the dot, in small or capital letters; absent for others.
std::optional<FilmFormat> film_format_named(std::string_view name);
/// "image/webp" or "video/mp4".
std::string_view media_type(FilmFormat format);

/// How a film runs.
struct FilmTiming {
  double rate = 8;  // pictures a second, 0.5..60
  double hold = 2;  // seconds that the last picture stays, 0..60; never less than the others
};

/// Throws Error(kInvalidArgument) for a rate or a hold out of range.
void check_timing(const FilmTiming& timing);

/// Whether films of that format can be written here: MP4 takes libav with an encoder for H.264.
bool can_write(FilmFormat format);

/// Puts pictures into a film, one after the other, so that only one need be in memory.
class FilmWriter {
 public:
  virtual ~FilmWriter() = default;

  /// A picture of three channels in the film's size. Throws Error(kInvalidArgument) for another one.
  virtual void add(const Image& image) = 0;

  /// The film's file. Call once, last. Throws Error(kInvalidArgument) for a film without pictures.
  virtual std::vector<std::byte> finish() = 0;
};

/// Sides are 2..4096 pixels; MP4 has even ones and loses the last column or row of others. Throws
/// Error(kInvalidArgument): sides or timing out of range; kUnsupportedModel where can_write() is false.
std::unique_ptr<FilmWriter> make_film_writer(FilmFormat format, int width, int height, const FilmTiming& timing);

/// Shows each picture of an animated WebP file, in RGB. Throws Error(kCorruptFile) for another file, a damaged one, and
/// one of more than 2000 pictures or of sides beyond 4096 pixels.
void for_each_film_picture(std::span<const std::byte> webp, const std::function<void(const Image& image)>& use);

/// An animated WebP file as a film of that kind and speed. Throws Error as for_each_film_picture() and
/// make_film_writer().
std::vector<std::byte> film_again(std::span<const std::byte> webp, FilmFormat format, const FilmTiming& timing);

}  // namespace fude::io
