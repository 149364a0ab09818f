#include <webp/demux.h>
#include <webp/mux.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "core/error.h"
#include "io/films/film_kinds.h"
#include "io/images/webp_file.h"

namespace fude::io {
namespace {

constexpr float kQuality = 85;

/// Each picture whole: what WebP's own encoder of films takes for equal it shows as one, and then no longer tells when
/// which began.
class WebpFilm : public FilmWriter {
 public:
  WebpFilm(int width, int height, const FilmTiming& timing) : width_(width), height_(height), timing_(timing) {
    if (!film_) throw std::bad_alloc();
  }

  void add(const Image& image) override {
    check_film_picture(image, width_, height_);
    if (count_ > 0) push(step_of(count_ - 1));
    pending_ = encode_webp(image, kQuality);
    ++count_;
  }

  std::vector<std::byte> finish() override {
    if (count_ == 0) fail(ErrorCode::kInvalidArgument, "a film without pictures, expected one at least");
    push(std::max(static_cast<int>(std::lround(timing_.hold * 1000)), step_of(count_ - 1)));
    const WebPMuxAnimParams forever{.bgcolor = 0xFFFFFFFF, .loop_count = 0};
    WebPData data;
    WebPDataInit(&data);
    const bool is_done = WebPMuxSetAnimationParams(film_.get(), &forever) == WEBP_MUX_OK &&
                         WebPMuxSetCanvasSize(film_.get(), width_, height_) == WEBP_MUX_OK &&
                         WebPMuxAssemble(film_.get(), &data) == WEBP_MUX_OK;
    const std::unique_ptr<WebPData, decltype(&WebPDataClear)> owner(&data, WebPDataClear);
    if (!is_done) throw std::bad_alloc();  // the pictures were checked, so memory is all that can be missing
    const auto* const bytes = reinterpret_cast<const std::byte*>(data.bytes);
    return {bytes, bytes + data.size};
  }

 private:
  // Milliseconds that picture `index` is seen, without rounding adding up.
  int step_of(int index) const {
    const auto start = [this](int i) { return static_cast<int>(std::lround(i * 1000.0 / timing_.rate)); };
    return start(index + 1) - start(index);
  }

  void push(int milliseconds) {
    const WebPMuxFrameInfo frame{
        .bitstream = {.bytes = reinterpret_cast<const std::uint8_t*>(pending_.data()), .size = pending_.size()},
        .x_offset = 0,
        .y_offset = 0,
        .duration = milliseconds,
        .id = WEBP_CHUNK_ANMF,
        .dispose_method = WEBP_MUX_DISPOSE_NONE,
        .blend_method = WEBP_MUX_NO_BLEND,
        .pad = {}};
    if (WebPMuxPushFrame(film_.get(), &frame, /*copy_data=*/1) != WEBP_MUX_OK) throw std::bad_alloc();
  }

  int width_, height_;
  FilmTiming timing_;
  std::unique_ptr<WebPMux, decltype(&WebPMuxDelete)> film_{WebPMuxNew(), WebPMuxDelete};
  std::vector<std::byte> pending_;  // the last picture's file: how long it stays is not known yet
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
