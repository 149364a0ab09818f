#include <webp/demux.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "core/error.h"
#include "io/films/film_kinds.h"

namespace fude::io {
namespace {

constexpr float kQuality = 85;
constexpr int kMethod = 2;  // of 0 (fast) to 6: films have many pictures

class WebpFilm : public FilmWriter {
 public:
  WebpFilm(int width, int height, const FilmTiming& timing) : width_(width), height_(height), timing_(timing) {
    WebPAnimEncoderOptions options;
    if (!WebPAnimEncoderOptionsInit(&options)) throw std::bad_alloc();
    encoder_.reset(WebPAnimEncoderNew(width, height, &options));
    if (!encoder_) throw std::bad_alloc();
  }

  void add(const Image& image) override {
    check_film_picture(image, width_, height_);
    WebPConfig config;
    WebPPicture picture;
    if (!WebPConfigPreset(&config, WEBP_PRESET_DRAWING, kQuality) || !WebPPictureInit(&picture)) throw std::bad_alloc();
    config.method = kMethod;
    picture.use_argb = 1;
    picture.width = width_;
    picture.height = height_;
    const bool is_added = WebPPictureImportRGB(&picture, image.pixels.data(), width_ * 3) &&
                          WebPAnimEncoderAdd(encoder_.get(), &picture, start_of(count_), &config);
    WebPPictureFree(&picture);
    if (!is_added) throw std::bad_alloc();  // the picture was checked, so memory is all that can be missing
    ++count_;
  }

  std::vector<std::byte> finish() override {
    if (count_ == 0) fail(ErrorCode::kInvalidArgument, "a film without pictures, expected one at least");
    const int least = start_of(count_) - start_of(count_ - 1);
    const int end = start_of(count_ - 1) + std::max(static_cast<int>(std::lround(timing_.hold * 1000)), least);
    WebPData data;
    WebPDataInit(&data);
    const bool is_done =
        WebPAnimEncoderAdd(encoder_.get(), nullptr, end, nullptr) && WebPAnimEncoderAssemble(encoder_.get(), &data);
    const std::unique_ptr<WebPData, decltype(&WebPDataClear)> owner(&data, WebPDataClear);
    if (!is_done) throw std::bad_alloc();
    const auto* const bytes = reinterpret_cast<const std::byte*>(data.bytes);
    return {bytes, bytes + data.size};
  }

 private:
  // Milliseconds, without rounding adding up.
  int start_of(int index) const { return static_cast<int>(std::lround(index * 1000.0 / timing_.rate)); }

  int width_, height_;
  FilmTiming timing_;
  std::unique_ptr<WebPAnimEncoder, decltype(&WebPAnimEncoderDelete)> encoder_{nullptr, WebPAnimEncoderDelete};
  int count_ = 0;
};

Image without_alpha(const std::uint8_t* rgba, int width, int height) {
  Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  const std::size_t count = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  image.pixels.reserve(count * 3);
  for (std::size_t i = 0; i < count; ++i) image.pixels.insert(image.pixels.end(), rgba + i * 4, rgba + i * 4 + 3);
  return image;
}

}  // namespace

std::unique_ptr<FilmWriter> make_webp_film(int width, int height, const FilmTiming& timing) {
  return std::make_unique<WebpFilm>(width, height, timing);
}

void for_each_film_picture(std::span<const std::byte> webp, const std::function<void(const Image&)>& use) {
  constexpr std::uint32_t kMostPictures = 2000, kLongestSide = 4096;
  const WebPData data{.bytes = reinterpret_cast<const std::uint8_t*>(webp.data()), .size = webp.size()};
  {  // before the canvas is asked for
    const std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)> head(WebPDemux(&data), WebPDemuxDelete);
    if (!head) fail(ErrorCode::kCorruptFile, "the film is no whole WebP file");
    const auto width = WebPDemuxGetI(head.get(), WEBP_FF_CANVAS_WIDTH);
    const auto height = WebPDemuxGetI(head.get(), WEBP_FF_CANVAS_HEIGHT);
    const auto count = WebPDemuxGetI(head.get(), WEBP_FF_FRAME_COUNT);
    if (width > kLongestSide || height > kLongestSide || count > kMostPictures) {
      fail(ErrorCode::kCorruptFile, "the film has {} pictures of {}x{}, expected at most {} of {}x{}", count, width,
           height, kMostPictures, kLongestSide, kLongestSide);
    }
  }
  const std::unique_ptr<WebPAnimDecoder, decltype(&WebPAnimDecoderDelete)> decoder(WebPAnimDecoderNew(&data, nullptr),
                                                                                   WebPAnimDecoderDelete);
  WebPAnimInfo info;
  if (!decoder || !WebPAnimDecoderGetInfo(decoder.get(), &info)) {
    fail(ErrorCode::kCorruptFile, "the film is no whole WebP file");
  }
  std::uint32_t seen = 0;
  for (; WebPAnimDecoderHasMoreFrames(decoder.get()); ++seen) {
    std::uint8_t* rgba = nullptr;
    int until = 0;
    if (!WebPAnimDecoderGetNext(decoder.get(), &rgba, &until)) break;
    use(without_alpha(rgba, static_cast<int>(info.canvas_width), static_cast<int>(info.canvas_height)));
  }
  if (seen != info.frame_count) {
    fail(ErrorCode::kCorruptFile, "the film is damaged: picture {} of {} cannot be read", seen + 1, info.frame_count);
  }
}

}  // namespace fude::io
