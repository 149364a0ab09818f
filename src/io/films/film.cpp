#include "io/films/film.h"

#include "core/ascii.h"
#include "core/error.h"
#include "io/films/film_kinds.h"

namespace fude::io {

std::optional<FilmFormat> film_format_named(std::string_view name) {
  if (name.starts_with('.')) name.remove_prefix(1);
  const std::string lower = ascii_lower(name);
  if (lower == "webp") return FilmFormat::kWebp;
  return lower == "mp4" ? std::optional(FilmFormat::kMp4) : std::nullopt;
}

std::string_view media_type(FilmFormat format) { return format == FilmFormat::kMp4 ? "video/mp4" : "image/webp"; }

void check_timing(const FilmTiming& timing) {
  if (!(timing.rate >= 0.5 && timing.rate <= 60)) {
    fail(ErrorCode::kInvalidArgument, "a film of {} pictures a second, expected 0.5 to 60", timing.rate);
  }
  if (!(timing.hold >= 0 && timing.hold <= 60)) {
    fail(ErrorCode::kInvalidArgument, "a film whose last picture stays {} seconds, expected 0 to 60", timing.hold);
  }
}

bool can_write(FilmFormat format) { return format == FilmFormat::kWebp || can_write_mp4(); }

void check_film_picture(const Image& image, int width, int height) {
  const auto bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
  if (image.width == width && image.height == height && image.channels == 3 && image.pixels.size() == bytes) return;
  fail(ErrorCode::kInvalidArgument, "a picture of {}x{} with {} channels is none of a film of {}x{} in RGB",
       image.width, image.height, image.channels, width, height);
}

std::unique_ptr<FilmWriter> make_film_writer(FilmFormat format, int width, int height, const FilmTiming& timing) {
  constexpr int kLongestSide = 4096;
  if (width < 2 || height < 2 || width > kLongestSide || height > kLongestSide) {
    fail(ErrorCode::kInvalidArgument, "a film of {}x{} pixels, expected sides of 2 to {}", width, height, kLongestSide);
  }
  check_timing(timing);
  if (format == FilmFormat::kWebp) return make_webp_film(width, height, timing);
  if (!can_write_mp4()) {
    fail(ErrorCode::kUnsupportedModel, "MP4 cannot be written here: there is no encoder for H.264; take WebP");
  }
  return make_mp4_film(width, height, timing);
}

std::vector<std::byte> film_again(std::span<const std::byte> webp, FilmFormat format, const FilmTiming& timing) {
  std::unique_ptr<FilmWriter> film;
  for_each_film_picture(webp, [&](const Image& image) {
    if (!film) film = make_film_writer(format, image.width, image.height, timing);
    film->add(image);
  });
  if (!film) fail(ErrorCode::kCorruptFile, "the film has no pictures");
  return film->finish();
}

}  // namespace fude::io
