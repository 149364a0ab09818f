#include "io/safetensors_header.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"

namespace fude::io {
namespace {

constexpr std::size_t kMaxNameBytes = 1024;
constexpr std::size_t kMaxDimensions = 16;
constexpr std::string_view kMetadataKey = "__metadata__";

/// Follows the parser through `{"name": {"dtype": .., "shape": [..], "data_offsets": [..]}, "__metadata__": {..}}`.
/// An event-driven reader sees what a document tree hides: duplicate keys, depth, and sizes before they are stored.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit HeaderReader(std::string_view file_name) : file_name_(file_name) {}

  SafetensorsHeader take_header() { return std::move(header_); }

  bool start_object(std::size_t) override {
    if (place_ == Place::kStart) {
      place_ = Place::kNames;
    } else if (place_ == Place::kName) {
      place_ = is_metadata() ? Place::kMetadata : Place::kFields;
      fields_.clear();
    } else {
      refuse("an object");
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kFields) finish_entry();
    place_ = place_ == Place::kNames ? Place::kEnd : Place::kNames;
    return true;
  }

  bool key(std::string& text) override {
    switch (place_) {
      case Place::kNames: begin_entry(text); break;
      case Place::kMetadata:
        begin_field(text);
        place_ = Place::kMetadataValue;
        break;
      case Place::kFields:
        begin_field(text);
        place_ = Place::kField;
        break;
      default: break;  // keys come only inside objects, and those are the three above
    }
    return true;
  }

  bool string(std::string& text) override {
    if (place_ == Place::kMetadataValue) {
      header_.metadata.emplace(field_, std::move(text));
      place_ = Place::kMetadata;
    } else if (place_ == Place::kField && field_ == "dtype") {
      entry_.type_name = std::move(text);
      place_ = Place::kFields;
    } else {
      refuse("text");
    }
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::kField || field_ == "dtype") refuse("an array");
    place_ = Place::kNumbers;
    numbers_.clear();
    return true;
  }

  bool end_array() override {
    if (field_ == "shape") {
      entry_.shape.assign(numbers_.begin(), numbers_.end());
    } else {
      if (numbers_.size() != 2) fail_entry("has {} data_offsets, expected 2", numbers_.size());
      entry_.data_offsets = {numbers_[0], numbers_[1]};
    }
    place_ = Place::kFields;
    return true;
  }

  bool number_unsigned(number_unsigned_t value) override {
    if (place_ != Place::kNumbers) refuse(fmt::to_string(value));
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) refuse(fmt::to_string(value));
    if (numbers_.size() == kMaxDimensions) fail_entry("has more than {} numbers in '{}'", kMaxDimensions, field_);
    numbers_.push_back(value);
    return true;
  }

  bool null() override {
    if (place_ != Place::kName || !is_metadata()) refuse("null");
    place_ = Place::kNames;
    return true;
  }

  bool boolean(bool) override { refuse("a boolean"); }
  bool number_integer(number_integer_t value) override { refuse(fmt::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { refuse(printable(text, 40)); }
  bool binary(binary_t&) override { refuse("binary data"); }

  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    fail(ErrorCode::kCorruptFile, "'{}' has a damaged safetensors header: not valid JSON at byte {} of it",
         printable(file_name_), position);
  }

 private:
  /// Where in the structure the next event belongs.
  enum class Place { kStart, kNames, kName, kMetadata, kMetadataValue, kFields, kField, kNumbers, kEnd };

  bool is_metadata() const { return entry_.name == kMetadataKey; }

  void begin_entry(const std::string& name) {
    if (name.size() > kMaxNameBytes) {
      fail(ErrorCode::kCorruptFile, "'{}' has a tensor name of {} bytes, expected at most {}", printable(file_name_),
           name.size(), kMaxNameBytes);
    }
    entry_ = {};
    entry_.name = name;
    if (!names_.insert(name).second) fail_entry("is listed twice");
    place_ = Place::kName;
  }

  void begin_field(const std::string& field) {
    field_ = field;
    if (!fields_.insert(field).second) fail_entry("has '{}' twice", printable(field));
    const bool is_known = field == "dtype" || field == "shape" || field == "data_offsets";
    if (!is_metadata() && !is_known) {
      fail_entry("has the unknown field '{}', expected dtype, shape and data_offsets", printable(field));
    }
  }

  void finish_entry() {
    for (const char* field : {"dtype", "shape", "data_offsets"}) {
      if (!fields_.contains(field)) fail_entry("lacks '{}'", field);
    }
    header_.entries.push_back(std::move(entry_));
  }

  template <typename... Args>
  [[noreturn]] void fail_entry(fmt::format_string<Args...> format, Args&&... args) const {
    fail(ErrorCode::kCorruptFile, "'{}': {} '{}' {}", printable(file_name_), is_metadata() ? "entry" : "tensor",
         printable(entry_.name), fmt::format(format, std::forward<Args>(args)...));
  }

  /// A value of the wrong kind for its place.
  [[noreturn]] void refuse(std::string_view found) const {
    switch (place_) {
      case Place::kName: fail_entry("is {}, expected an object", found);
      case Place::kMetadataValue: fail_entry("has {} for '{}', expected text", found, printable(field_));
      case Place::kField:
        fail_entry("has {} for '{}', expected {}", found, field_, field_ == "dtype" ? "text" : "an array");
      case Place::kNumbers: fail_entry("has {} in '{}', expected whole numbers from 0 to 2^63-1", found, field_);
      default:
        fail(ErrorCode::kCorruptFile, "'{}' has {} as safetensors header, expected an object", printable(file_name_),
             found);
    }
  }

  std::string_view file_name_;
  SafetensorsHeader header_;
  std::set<std::string> names_;
  Place place_ = Place::kStart;
  HeaderEntry entry_;
  std::string field_;
  std::set<std::string> fields_;
  std::vector<uint64_t> numbers_;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json, std::string_view file_name) {
  HeaderReader reader(file_name);
  nlohmann::json::sax_parse(json, &reader);
  return reader.take_header();
}

}  // namespace fude::io
