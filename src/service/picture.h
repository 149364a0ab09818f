#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "service/ids.h"

namespace fude::service {

/// A picture file of the gallery and what is known of it. Texts are UTF-8; times are milliseconds since 1970, UTC.
struct Picture {
  PictureId id = 0;
  std::string file;         // its place below the outputs folder, with '/'; ".bin/..." while it is in the bin
  std::string fingerprint;  // 16 hexadecimal digits that stay the same when the file is moved or renamed
  int width = 0;            // pixels
  int height = 0;
  std::int64_t byte_count = 0;
  std::int64_t created_at = 0;  // when the file was last written
  std::int64_t job = 0;         // 0: not known
  int index = 0;                // in the job, from 0

  std::string prompt, negative_prompt;
  std::string model, model_hash, sampler;
  std::string infotext;  // all that the picture says of its making; empty: nothing
  std::int64_t seed = -1;
  int steps = 0;
  double cfg_scale = 0;
  std::vector<std::string> adapters;  // names of LoRAs and hypernetworks in the prompt

  // What people add, kept in a sidecar beside the file.
  std::vector<std::string> tags;
  int rating = 0;  // stars, 0..5; 0: none given
  std::string note;

  std::optional<std::int64_t> deleted_at;  // present: it is in the bin

  bool operator==(const Picture&) const = default;
};

/// What to change of that; what is absent stays.
struct PictureChange {
  std::optional<int> rating = {};                     // 0..5
  std::optional<std::string> note = {};               // at most 10,000 characters
  std::optional<std::vector<std::string>> tags = {};  // at most 200 of at most 200 characters
};

/// Which pictures, and in which order. All conditions hold at once.
struct PictureQuery {
  enum class Order { kNewest, kOldest, kRating };  // kRating: most stars first, newest first among equals

  std::string text = {};                 // what a user typed, see search_text.h; never an error
  std::string model = {}, adapter = {};  // by exact name, case and width of letters aside; empty: any
  std::string tag = {};
  std::optional<std::int64_t> seed = {};
  int min_rating = 0;
  std::int64_t from = 0, until = 0;  // created_at >= from, < until; 0: no bound
  bool in_bin = false;
  Order order = Order::kNewest;
  std::string cursor = {};  // next_cursor of the page before, of the same query; empty: the first page
  int limit = 60;           // 1..500
};

struct PicturePage {
  std::vector<Picture> pictures;
  std::string next_cursor;  // empty: this is the last page
  std::int64_t total = 0;   // of all pages, as it was when the first one was asked for
};

/// A name and how many pictures of the gallery (the bin left out) have it.
struct NameCount {
  std::string name;
  std::int64_t count = 0;

  bool operator==(const NameCount&) const = default;
};

/// What pictures can be chosen by, the most frequent first.
struct Facets {
  std::vector<NameCount> models, adapters, tags;
};

/// What a scan does when not one file of many rows is there any more, as when the disk that they lie on is not mounted.
enum class WhenAllGone { kRefuse, kForget };

/// Fewer rows than this are never many.
inline constexpr std::size_t kManyPictures = 10;

/// What a scan of the outputs folder found, in files.
struct ScanResult {
  std::int64_t seen = 0;
  std::int64_t added = 0;
  std::int64_t changed = 0;     // the file, its place, or its sidecar
  std::int64_t removed = 0;     // rows whose file is gone
  std::int64_t unreadable = 0;  // no whole head of a picture, or a name that is not UTF-8
};

}  // namespace fude::service
