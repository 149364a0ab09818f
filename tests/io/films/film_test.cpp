#include "io/films/film.h"

#include <gtest/gtest.h>
#include <webp/demux.h>
#ifdef FUDE_TESTS_MP4
extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}
#endif

#include <algorithm>
#include <cstring>
#include <string>

#include "core/error.h"

namespace fude::io {
namespace {

Image plain(int width, int height, std::uint8_t level) {
  const auto bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
  return {.width = width, .height = height, .channels = 3, .pixels = std::vector<std::uint8_t>(bytes, level)};
}

std::vector<std::byte> film_of(FilmFormat format, const std::vector<int>& levels, const FilmTiming& timing,
                               int width = 48, int height = 32) {
  const auto writer = make_film_writer(format, width, height, timing);
  for (const int level : levels) writer->add(plain(width, height, static_cast<std::uint8_t>(level)));
  return writer->finish();
}

ErrorCode refusal(const auto& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was refused";
  return ErrorCode::kCancelled;
}

// When each picture gives way to the next, in milliseconds.
std::vector<int> ends_of(const std::vector<std::byte>& webp) {
  const WebPData data{.bytes = reinterpret_cast<const std::uint8_t*>(webp.data()), .size = webp.size()};
  WebPAnimDecoder* decoder = WebPAnimDecoderNew(&data, nullptr);
  std::vector<int> ends;
  std::uint8_t* pixels = nullptr;
  int end = 0;
  while (decoder != nullptr && WebPAnimDecoderGetNext(decoder, &pixels, &end)) ends.push_back(end);
  WebPAnimDecoderDelete(decoder);
  return ends;
}

TEST(FilmFormat, IsKnownByItsName) {
  EXPECT_EQ(film_format_named(".WebP"), FilmFormat::kWebp);
  EXPECT_EQ(film_format_named("mp4"), FilmFormat::kMp4);
  EXPECT_FALSE(film_format_named(".gif"));
  EXPECT_FALSE(film_format_named(""));
}

TEST(WebpFilm, HoldsEveryPictureForItsTime) {
  const auto film = film_of(FilmFormat::kWebp, {20, 120, 220}, {.rate = 3, .hold = 1.5});
  EXPECT_EQ(ends_of(film), (std::vector<int>{333, 667, 2167}));
  std::vector<int> levels;
  for_each_film_picture(film, [&](const Image& image) {
    EXPECT_EQ(image.width, 48);
    EXPECT_EQ(image.height, 32);
    levels.push_back(image.pixels[100]);
  });
  ASSERT_EQ(levels.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(levels[i], 20 + 100 * static_cast<int>(i), 3);
}

TEST(WebpFilm, ShowsTheLastPictureAsLongAsTheOthersAtLeast) {
  EXPECT_EQ(ends_of(film_of(FilmFormat::kWebp, {20, 120}, {.rate = 4, .hold = 0})), (std::vector<int>{250, 500}));
}

TEST(WebpFilm, ShowsEqualPicturesOneByOne) {
  EXPECT_EQ(ends_of(film_of(FilmFormat::kWebp, {20, 20, 21}, {.rate = 4, .hold = 0})),
            (std::vector<int>{250, 500, 750}));
}

TEST(WebpFilm, IsMadeAgainAtAnotherSpeed) {
  const auto film = film_of(FilmFormat::kWebp, {20, 120, 220}, {});
  EXPECT_EQ(ends_of(film_again(film, FilmFormat::kWebp, {.rate = 2, .hold = 1})), (std::vector<int>{500, 1000, 2000}));
}

TEST(Film, RefusesWhatItCannotBe) {
  const FilmTiming usual;
  EXPECT_EQ(refusal([&] { make_film_writer(FilmFormat::kWebp, 0, 32, usual); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([&] { make_film_writer(FilmFormat::kWebp, 32, 5000, usual); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([&] { make_film_writer(FilmFormat::kWebp, 32, 32, {.rate = 0.1}); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([&] { make_film_writer(FilmFormat::kWebp, 32, 32, {.hold = 61}); }), ErrorCode::kInvalidArgument);
  const auto writer = make_film_writer(FilmFormat::kWebp, 32, 32, usual);
  EXPECT_EQ(refusal([&] { writer->add(plain(32, 16, 0)); }), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refusal([&] { writer->finish(); }), ErrorCode::kInvalidArgument) << "it has no picture";
}

TEST(WebpFilm, IsReadWithCare) {
  const auto film = film_of(FilmFormat::kWebp, {20, 120, 220}, {});
  const auto nobody = [](const Image&) {};
  EXPECT_EQ(refusal([&] { for_each_film_picture({}, nobody); }), ErrorCode::kCorruptFile);
  const std::span<const std::byte> whole(film);
  EXPECT_EQ(refusal([&] { for_each_film_picture(whole.first(whole.size() - 40), nobody); }), ErrorCode::kCorruptFile);
  const std::string text = "no film at all";
  EXPECT_EQ(refusal([&] { for_each_film_picture(std::as_bytes(std::span(text)), nobody); }), ErrorCode::kCorruptFile);
}

#ifdef FUDE_TESTS_MP4
struct Played {
  int width = 0, height = 0;
  std::vector<int> levels;    // of the middle of each picture's brightness plane
  std::vector<double> times;  // seconds at which each begins
  double seconds = 0;
};

Played play(const std::vector<std::byte>& film) {
  struct Source {
    const std::vector<std::byte>& bytes;
    std::size_t at = 0;
  } source{film};
  constexpr int kBuffer = 4096;
  const auto read = [](void* opaque, std::uint8_t* to, int size) -> int {
    auto& from = *static_cast<Source*>(opaque);
    const std::size_t count = std::min(static_cast<std::size_t>(size), from.bytes.size() - from.at);
    if (count == 0) return AVERROR_EOF;
    std::memcpy(to, from.bytes.data() + from.at, count);
    from.at += count;
    return static_cast<int>(count);
  };
  const auto seek = [](void* opaque, std::int64_t offset, int whence) -> std::int64_t {
    auto& from = *static_cast<Source*>(opaque);
    if (whence == AVSEEK_SIZE) return static_cast<std::int64_t>(from.bytes.size());
    const std::int64_t base = whence == SEEK_CUR   ? static_cast<std::int64_t>(from.at)
                              : whence == SEEK_END ? static_cast<std::int64_t>(from.bytes.size())
                                                   : 0;
    from.at = static_cast<std::size_t>(base + offset);
    return base + offset;
  };
  AVFormatContext* format = avformat_alloc_context();
  format->pb =
      avio_alloc_context(static_cast<std::uint8_t*>(av_malloc(kBuffer)), kBuffer, 0, &source, read, nullptr, seek);
  Played played;
  if (avformat_open_input(&format, nullptr, nullptr, nullptr) < 0) return played;
  avformat_find_stream_info(format, nullptr);
  const AVStream* stream = format->streams[0];
  AVCodecContext* decoder = avcodec_alloc_context3(avcodec_find_decoder(stream->codecpar->codec_id));
  avcodec_parameters_to_context(decoder, stream->codecpar);
  avcodec_open2(decoder, decoder->codec, nullptr);
  AVPacket* packet = av_packet_alloc();
  AVFrame* frame = av_frame_alloc();
  bool is_over = false;
  while (!is_over) {
    is_over = av_read_frame(format, packet) < 0;
    avcodec_send_packet(decoder, is_over ? nullptr : packet);
    while (avcodec_receive_frame(decoder, frame) >= 0) {
      EXPECT_EQ(frame->format, AV_PIX_FMT_YUV420P);
      played.levels.push_back(frame->data[0][frame->height / 2 * frame->linesize[0] + frame->width / 2]);
      played.times.push_back(static_cast<double>(frame->pts) * av_q2d(stream->time_base));
    }
    av_packet_unref(packet);
  }
  played.width = decoder->width;
  played.height = decoder->height;
  played.seconds = static_cast<double>(format->duration) / AV_TIME_BASE;
  av_frame_free(&frame);
  av_packet_free(&packet);
  avcodec_free_context(&decoder);
  AVIOContext* input = format->pb;
  avformat_close_input(&format);
  av_freep(&input->buffer);
  avio_context_free(&input);
  return played;
}

TEST(Mp4Film, PlaysEveryPictureAndStaysOnTheLast) {
  if (!can_write(FilmFormat::kMp4)) GTEST_SKIP() << "no encoder for H.264 here";
  const Played played = play(film_of(FilmFormat::kMp4, {20, 120, 220}, {.rate = 4, .hold = 1.25}));
  EXPECT_EQ(played.width, 48);
  EXPECT_EQ(played.height, 32);
  ASSERT_EQ(played.levels.size(), 7u);  // two, and five times the last one
  EXPECT_NEAR(played.seconds, 1.75, 0.01);
  EXPECT_NEAR(played.times[1], 0.25, 0.01);
  EXPECT_LT(played.levels[0] + 60, played.levels[1]);
  EXPECT_LT(played.levels[1] + 60, played.levels[2]);
  EXPECT_NEAR(played.levels[6], played.levels[2], 3);
}

TEST(Mp4Film, HasEvenSides) {
  if (!can_write(FilmFormat::kMp4)) GTEST_SKIP() << "no encoder for H.264 here";
  const Played played = play(film_of(FilmFormat::kMp4, {20}, {.hold = 0}, 49, 33));
  EXPECT_EQ(played.width, 48);
  EXPECT_EQ(played.height, 32);
  EXPECT_EQ(played.levels.size(), 1u);
}
#endif

}  // namespace
}  // namespace fude::io
