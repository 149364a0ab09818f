#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "pipelines/generation_request.h"

namespace fude::pipelines {

using RequestMember = std::variant<bool GenerationRequest::*, int GenerationRequest::*,
                                   std::int64_t GenerationRequest::*, double GenerationRequest::*,
                                   std::optional<double> GenerationRequest::*, std::string GenerationRequest::*>;

/// The `maximum` of seeds: any whole number of 64 bits.
inline constexpr double kAnySeed = 9223372036854775807.0;

/// Which commands have a knob's flag.
enum class FlagScope { kAll, kFromWords, kFromPicture };

/// One knob and what it is called everywhere: the only place where that is written.
struct RequestField {
  std::string_view name{};     // in the JSON body of /sdapi/v1/txt2img; empty: only a setting
  std::string_view setting{};  // id among the settings (override_settings, --set); empty: none
  std::string_view key{};      // in the text stored with a picture; "Size-1" is the first number of "Size: 512x768"
  std::string_view flag{};     // on the command line, as CLI11 takes it; two rows with one flag are given as WxH
  RequestMember member{};
  double minimum = 0;
  double maximum = 0;                           // numbers only; both 0: no bound
  int multiple_of = 1;                          // whole numbers only
  std::span<const std::string_view> choices{};  // texts only: the allowed values; empty: any text
  std::size_t longest = kLongestName;           // texts only: bytes
  std::span<const std::string_view> words{};    // numbers and truth values: how texts say 0, 1, ..
  bool is_choice = false;                       // truth values: the flag takes one of `words`
  FlagScope scope = FlagScope::kAll;
  bool GenerationRequest::*turns_on = nullptr;  // what its flag asks for, too
  std::string_view help{};                      // one line, lower-case start, no period
  std::string_view help_ja{};

  /// The name to use in messages.
  std::string_view title() const { return name.empty() ? setting : name; }
};

/// All knobs: the tables in request_table.cpp and request_table_pictures.cpp.
std::span<const RequestField> request_fields();

/// nullptr when there is none. `find_setting` also finds a knob by its settings id only.
const RequestField* find_request_field(std::string_view name);
const RequestField* find_setting(std::string_view id);
const RequestField* find_infotext_key(std::string_view key);

/// monostate: nothing (null).
using FieldValue = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

FieldValue field_value(const GenerationRequest& request, const RequestField& field);

/// Stores a value after checking it. Null clears an optional member and leaves any other as it is. Numbers without a
/// fraction are taken for whole-number members; choices are taken without regard to case, spaces and hyphens.
/// Throws Error(kInvalidArgument) for another type, a value out of range, a text too long, NaN and infinity.
void set_field(GenerationRequest& request, const RequestField& field, const FieldValue& value);

/// The same from text, as flags, `--set ID=VALUE` and stored text have it ("20", "7.5", "True", "karras").
void set_field_text(GenerationRequest& request, const RequestField& field, std::string_view text);

/// "1..150, default 20" or "one of a, b; default a": the end of a help text.
std::string describe_range(const RequestField& field);

}  // namespace fude::pipelines
