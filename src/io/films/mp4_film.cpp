extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

#include "core/error.h"
#include "io/films/film_kinds.h"

namespace fude::io {
namespace {

constexpr int kRateUnit = 1000;  // rates are in thousandths of pictures a second

const AVCodec* find_encoder() {
  const AVCodec* x264 = avcodec_find_encoder_by_name("libx264");
  return x264 != nullptr ? x264 : avcodec_find_encoder(AV_CODEC_ID_H264);
}

// What libav says of an error is not for users; which call it was tells enough.
void check(int result, std::string_view what) {
  if (result >= 0) return;
  if (result == AVERROR(ENOMEM)) throw std::bad_alloc();
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(result, text.data(), text.size());
  fail(ErrorCode::kOutOfResources, "writing MP4 failed ({}): {}", what, text.data());
}

template <typename T>
T* made(T* pointer) {
  if (pointer == nullptr) throw std::bad_alloc();
  return pointer;
}

struct Free {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
  void operator()(AVFormatContext* format) const {
    if (format->pb != nullptr) {
      std::uint8_t* left = nullptr;
      avio_close_dyn_buf(format->pb, &left);
      av_free(left);
    }
    avformat_free_context(format);
  }
};

/// One picture a frame at a constant rate; the last one is repeated as long as it stays, which costs next to nothing
/// and plays everywhere.
class Mp4Film : public FilmWriter {
 public:
  Mp4Film(int width, int height, const FilmTiming& timing)
      : width_(width), height_(height), timing_(timing), rate_{static_cast<int>(timing.rate * kRateUnit), kRateUnit} {
    open_encoder();
    open_file();
    packet_.reset(made(av_packet_alloc()));
    frame_.reset(made(av_frame_alloc()));
    frame_->format = AV_PIX_FMT_YUV420P;
    frame_->width = encoder_->width;
    frame_->height = encoder_->height;
    check(av_frame_get_buffer(frame_.get(), 0), "memory for a picture");
    scaler_.reset(
        made(sws_getContext(encoder_->width, encoder_->height, AV_PIX_FMT_RGB24, encoder_->width, encoder_->height,
                            AV_PIX_FMT_YUV420P, SWS_BICUBIC | SWS_ACCURATE_RND, nullptr, nullptr, nullptr)));
  }

  void add(const Image& image) override {
    check_film_picture(image, width_, height_);
    check(av_frame_make_writable(frame_.get()), "memory for a picture");
    const std::array<const std::uint8_t*, 1> planes{image.pixels.data()};
    const std::array<int, 1> strides{width_ * 3};
    sws_scale(scaler_.get(), planes.data(), strides.data(), 0, encoder_->height, frame_->data, frame_->linesize);
    encode_frame();
  }

  std::vector<std::byte> finish() override {
    if (count_ == 0) fail(ErrorCode::kInvalidArgument, "a film without pictures, expected one at least");
    const auto more = std::max<std::int64_t>(std::llround(timing_.hold * av_q2d(rate_)) - 1, 0);
    for (std::int64_t i = 0; i < more; ++i) encode_frame();
    check(avcodec_send_frame(encoder_.get(), nullptr), "ending");
    write_packets();
    check(av_write_trailer(format_.get()), "ending");
    std::uint8_t* buffer = nullptr;
    const int size = avio_close_dyn_buf(std::exchange(format_->pb, nullptr), &buffer);
    const std::unique_ptr<std::uint8_t, decltype(&av_free)> owner(buffer, av_free);
    const auto* const bytes = reinterpret_cast<const std::byte*>(buffer);
    return {bytes, bytes + size};
  }

 private:
  void open_encoder() {
    const AVCodec* codec = find_encoder();
    encoder_.reset(made(avcodec_alloc_context3(codec)));
    encoder_->width = width_ / 2 * 2;
    encoder_->height = height_ / 2 * 2;
    encoder_->pix_fmt = AV_PIX_FMT_YUV420P;
    encoder_->time_base = av_inv_q(rate_);
    encoder_->framerate = rate_;
    encoder_->gop_size = std::max(static_cast<int>(timing_.rate * 2), 1);
    encoder_->max_b_frames = 0;
    // What swscale makes of RGB, so that players show the same colours.
    encoder_->color_range = AVCOL_RANGE_MPEG;
    encoder_->colorspace = AVCOL_SPC_SMPTE170M;
    encoder_->color_primaries = AVCOL_PRI_BT709;
    encoder_->color_trc = AVCOL_TRC_IEC61966_2_1;
    encoder_->log_level_offset = AV_LOG_TRACE;  // libraries print nothing
    av_opt_set(encoder_->priv_data, "preset", "veryfast", 0);
    av_opt_set(encoder_->priv_data, "crf", "18", 0);
    encoder_->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    check(avcodec_open2(encoder_.get(), codec, nullptr), "opening the encoder");
  }

  void open_file() {
    AVFormatContext* format = nullptr;
    check(avformat_alloc_output_context2(&format, nullptr, "mp4", nullptr), "opening the file");
    format_.reset(format);
    check(avio_open_dyn_buf(&format->pb), "opening the file");
    format->flags |= AVFMT_FLAG_BITEXACT;  // no version of libav, no date
    stream_ = made(avformat_new_stream(format, nullptr));
    stream_->time_base = encoder_->time_base;
    stream_->avg_frame_rate = rate_;
    check(avcodec_parameters_from_context(stream_->codecpar, encoder_.get()), "describing the film");
    check(avformat_write_header(format, nullptr), "beginning");
  }

  void encode_frame() {
    frame_->pts = count_++;
    check(avcodec_send_frame(encoder_.get(), frame_.get()), "encoding");
    write_packets();
  }

  void write_packets() {
    for (;;) {
      const int result = avcodec_receive_packet(encoder_.get(), packet_.get());
      if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return;
      check(result, "encoding");
      packet_->duration = 1;
      av_packet_rescale_ts(packet_.get(), encoder_->time_base, stream_->time_base);
      packet_->stream_index = stream_->index;
      check(av_interleaved_write_frame(format_.get(), packet_.get()), "writing");
    }
  }

  int width_, height_;
  FilmTiming timing_;
  AVRational rate_;
  std::unique_ptr<AVCodecContext, Free> encoder_;
  std::unique_ptr<AVFormatContext, Free> format_;
  std::unique_ptr<AVPacket, Free> packet_;
  std::unique_ptr<AVFrame, Free> frame_;
  std::unique_ptr<SwsContext, Free> scaler_;
  AVStream* stream_ = nullptr;  // the file's
  std::int64_t count_ = 0;
};

}  // namespace

bool can_write_mp4() { return find_encoder() != nullptr; }

std::unique_ptr<FilmWriter> make_mp4_film(int width, int height, const FilmTiming& timing) {
  return std::make_unique<Mp4Film>(width, height, timing);
}

}  // namespace fude::io
