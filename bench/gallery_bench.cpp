// Search in a gallery of 50,000 pictures: what a page of 60 takes, first pages with the count of all that was found.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/unicode.h"
#include "service/database.h"
#include "service/gallery_rows.h"
#include "service/gallery_search.h"

namespace {

using fude::service::Database;
using fude::service::PictureQuery;
using fude::service::PictureRow;

constexpr int kPictures = 50'000;
constexpr int kBatch = 500;

// Prompts as people write them: a few words in nearly all of them, thousands in a few.
class PictureMaker {
 public:
  PictureMaker() {
    for (int i = 0; i < kWords; ++i) words_.push_back(random_word());
  }

  PictureRow make(int index) {
    PictureRow row;
    fude::service::Picture& picture = row.picture;
    picture.file = fmt::format("txt2img-images/2026-{:02}-{:02}/{:05}-{}.png", 1 + index / 5000, 1 + index / 180 % 28,
                               index, random_());
    picture.fingerprint = fmt::format("{:016x}", index);
    picture.width = 512;
    picture.height = 768;
    picture.byte_count = 400'000;
    picture.created_at = 1'767'268'800'000 + index * std::int64_t{600'000};
    picture.prompt = prompt(index);
    picture.negative_prompt =
        "lowres, bad anatomy, bad hands, worst quality, low quality, jpeg artifacts, blurry, 悪い手";
    picture.model = index % 2 == 0 ? "hajime" : fmt::format("anime-mix-{}", below(5));
    picture.model_hash = "0123456789";
    picture.sampler = "DPM++ 2M";
    picture.seed = random_();
    picture.steps = 20;
    picture.cfg_scale = 7;
    picture.adapters = {fmt::format("style-{}", below(30))};
    picture.rating = below(6);
    if (index % 10 == 0) picture.tags = {"favourite"};
    picture.infotext = picture.prompt + "\nNegative prompt: " + picture.negative_prompt + "\nSteps: 20";
    return row;
  }

 private:
  static constexpr int kWords = 4000;

  int below(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

  std::string random_word() {
    std::string word;
    for (int letters = 3 + below(6); letters > 0; --letters) word += static_cast<char>('a' + below(26));
    return word;
  }

  std::string prompt(int index) {
    constexpr std::u32string_view kCharacters = U"笑顔の少女が青い空と海辺で花を持つ夕焼け猫犬森林雨雪星月光影風";
    std::string text = "masterpiece, best quality, 1girl, ";
    for (int i = 0; i < 35; ++i) {
      const double share = below(10'000) / 10'000.0;
      text += words_[static_cast<std::size_t>(kWords * share * share * share)] + ", ";  // few words are frequent
    }
    if (index % 3 != 0) return text;
    std::u32string japanese = index % 9 == 0 ? U"笑顔の少女" : U"";
    for (int i = 0; i < 12; ++i) japanese += kCharacters[static_cast<std::size_t>(below(kCharacters.size()))];
    return text + fude::encode_utf8(japanese);
  }

  std::mt19937 random_{1};
  std::vector<std::string> words_;
};

// Made once, in the temporary folder, and removed at the end.
class Filled {
 public:
  Filled() {
    std::filesystem::create_directories(folder_);
    database_ = std::make_unique<Database>(folder_ / "fude.db");
    PictureMaker maker;
    for (int begin = 0; begin < kPictures; begin += kBatch) {
      database_->write([&](SQLite::Database& connection) {
        for (int i = begin; i < begin + kBatch; ++i) {
          PictureRow row = maker.make(i);
          insert_row(connection, row);
        }
      });
    }
  }
  ~Filled() {
    database_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Filled(const Filled&) = delete;
  Filled& operator=(const Filled&) = delete;

  fude::service::PicturePage search(const PictureQuery& query) const {
    fude::service::PicturePage page;
    database_->read([&](SQLite::Database& connection) { page = search_pictures(connection, query); });
    return page;
  }

 private:
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("fude-gallery-bench-{:08x}", std::random_device()());
  std::unique_ptr<Database> database_;
};

const Filled& filled() {
  static const Filled gallery;
  return gallery;
}

void measure(benchmark::State& state, const PictureQuery& query) {
  std::vector<double> milliseconds;
  std::int64_t total = 0;
  filled().search(query);
  for (auto _ : state) {
    const auto begin = std::chrono::steady_clock::now();
    total = filled().search(query).total;
    milliseconds.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
  }
  std::ranges::sort(milliseconds);
  state.counters["median_ms"] = milliseconds[milliseconds.size() / 2];
  state.counters["worst_ms"] = milliseconds.back();
  state.counters["found"] = static_cast<double>(total);
}

void search(benchmark::State& state, const std::string& text) {
  PictureQuery query;
  query.text = text;
  measure(state, query);
}

void page_500(benchmark::State& state) {
  PictureQuery query;
  for (int page = 1; page < 500; ++page) query.cursor = filled().search(query).next_cursor;
  measure(state, query);
}

void model_and_rating(benchmark::State& state) {
  PictureQuery query;
  query.model = "hajime";
  query.min_rating = 3;
  measure(state, query);
}

void ordered_by_rating(benchmark::State& state, const std::string& text) {
  PictureQuery query;
  query.text = text;
  query.order = PictureQuery::Order::kRating;
  measure(state, query);
}

constexpr int kTimes = 50;

BENCHMARK_CAPTURE(search, first_page, "")->Iterations(kTimes);
BENCHMARK(page_500)->Iterations(kTimes);
BENCHMARK_CAPTURE(search, word_of_all, "1girl")->Iterations(kTimes);
BENCHMARK_CAPTURE(search, one_letter, "m")->Iterations(kTimes);
BENCHMARK_CAPTURE(search, four_words_of_all, "masterpiece 1girl best quality")->Iterations(kTimes);
BENCHMARK_CAPTURE(search, phrase, "\"best quality\"")->Iterations(kTimes);
BENCHMARK_CAPTURE(search, japanese_1, "笑")->Iterations(kTimes);
BENCHMARK_CAPTURE(search, japanese_2, "笑顔")->Iterations(kTimes);
BENCHMARK_CAPTURE(search, japanese_4, "笑顔の少")->Iterations(kTimes);
BENCHMARK_CAPTURE(search, word_of_negative_prompt, "negative:lowres")->Iterations(kTimes);
BENCHMARK_CAPTURE(search, without_a_word, "1girl -笑顔")->Iterations(kTimes);
BENCHMARK_CAPTURE(search, month, "1girl date:2026-05")->Iterations(kTimes);
BENCHMARK(model_and_rating)->Iterations(kTimes);
BENCHMARK_CAPTURE(ordered_by_rating, all, "")->Iterations(kTimes);
BENCHMARK_CAPTURE(ordered_by_rating, word_of_all, "1girl")->Iterations(kTimes);

}  // namespace

BENCHMARK_MAIN();
