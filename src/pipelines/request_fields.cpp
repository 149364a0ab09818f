#include "pipelines/request_fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "core/ascii.h"
#include "core/error.h"
#include "core/nearest_name.h"

namespace fude::pipelines {
namespace {

using Request = GenerationRequest;

const RequestField* find_by(std::string_view RequestField::*column, std::string_view text) {
  if (text.empty()) return nullptr;
  const auto found = std::ranges::find(request_fields(), text, column);
  return found == request_fields().end() ? nullptr : &*found;
}

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '_') continue;
    letters += ascii_lower(c);
  }
  return letters;
}

std::string choice_list(const RequestField& field) {
  std::string list;
  for (const std::string_view choice : field.choices) list += (list.empty() ? "" : ", ") + std::string(choice);
  return list;
}

std::string word_list(const RequestField& field) {
  std::string list;
  for (const std::string_view word : field.words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

// The place of the word that is meant: itself, or what begins or ends as it does ("noise": "latent noise").
std::optional<std::size_t> word_place(const RequestField& field, std::string_view text) {
  const std::string letters = letters_of(text);
  std::optional<std::size_t> place;
  for (std::size_t i = 0; i < field.words.size(); ++i) {
    const std::string word = letters_of(field.words[i]);
    if (word == letters) return i;
    if (letters.empty() || !(word.starts_with(letters) || word.ends_with(letters))) continue;
    if (place) return std::nullopt;
    place = i;
  }
  return place;
}

std::string shown(const FieldValue& value) {
  struct Show {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(const std::string& value) const { return "'" + printable(value, 60) + "'"; }
  };
  return std::visit(Show{}, value);
}

[[noreturn]] void refuse(const RequestField& field, const FieldValue& value, std::string_view expected) {
  fail(ErrorCode::kInvalidArgument, "{} is {}, expected {}", field.title(), shown(value), expected);
}

bool is_bounded(const RequestField& field) { return field.minimum != 0 || field.maximum != 0; }

std::string bounds(const RequestField& field) {
  if (field.maximum == kAnySeed) return field.minimum == -1 ? "a whole number of at least -1" : "a whole number";
  std::string text = fmt::format("{}..{}", field.minimum, field.maximum);
  if (field.multiple_of > 1) text += fmt::format(", a multiple of {}", field.multiple_of);
  return text;
}

// A size of 0 stands for the model's native size, which only a model knows.
bool is_native_size(const RequestField& field, double value) { return value == 0 && field.multiple_of > 1; }

template <typename Number>
Number checked(const RequestField& field, Number number) {
  const auto value = static_cast<double>(number);
  if (!is_bounded(field) || is_native_size(field, value)) return number;
  const bool is_inside = value >= field.minimum && value <= field.maximum;
  bool is_multiple = true;
  if constexpr (std::is_integral_v<Number>) is_multiple = number % field.multiple_of == 0;
  if (!is_inside || !is_multiple) refuse(field, number, bounds(field));
  return number;
}

// Seeds may come as text: a number of JavaScript would lose the digits of one beyond 2^53.
std::optional<std::int64_t> seed_from(std::string_view text) {
  std::int64_t seed = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed);
  return error == std::errc() && stop == end ? std::optional(seed) : std::nullopt;
}

std::int64_t whole_number(const RequestField& field, const FieldValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) {
    // 2^63 itself does not fit; anything below it that has no fraction does.
    const bool fits = std::trunc(*real) == *real && *real >= -kAnySeed && *real < kAnySeed;
    if (fits) return static_cast<std::int64_t>(*real);
  }
  if (const auto* text = std::get_if<std::string>(&value); text != nullptr && field.maximum == kAnySeed) {
    if (const auto seed = seed_from(*text)) return *seed;
  }
  refuse(field, value, is_bounded(field) ? bounds(field) : "a whole number");
}

double real_number(const RequestField& field, const FieldValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value); real != nullptr && std::isfinite(*real)) return *real;
  refuse(field, value, is_bounded(field) ? bounds(field) : "a number");
}

std::string chosen(const RequestField& field, const std::string& text) {
  if (text.size() > field.longest) {
    fail(ErrorCode::kInvalidArgument, "{} has {} bytes, expected at most {}", field.title(), text.size(),
         field.longest);
  }
  if (field.choices.empty()) return text;
  for (const std::string_view choice : field.choices) {
    if (letters_of(choice) == letters_of(text)) return std::string(choice);
  }
  refuse(field, text, "one of " + choice_list(field) + did_you_mean(text, field.choices));
}

// Stores a value in the member it is visited with.
struct Store {
  GenerationRequest& request;
  const RequestField& field;
  const FieldValue& value;

  void operator()(bool Request::*member) const {
    const auto* flag = std::get_if<bool>(&value);
    const auto* number = std::get_if<std::int64_t>(&value);  // as clients have it where the web UI shows two words
    if (flag == nullptr && (field.words.empty() || number == nullptr || *number < 0 || *number > 1)) {
      refuse(field, value, "true or false");
    }
    request.*member = flag != nullptr ? *flag : *number == 1;
  }
  void operator()(int Request::*member) const {
    // The bounds of every row of this kind lie within int.
    request.*member = static_cast<int>(checked(field, whole_number(field, value)));
  }
  void operator()(std::int64_t Request::*member) const { request.*member = checked(field, whole_number(field, value)); }
  void operator()(double Request::*member) const { request.*member = checked(field, real_number(field, value)); }
  void operator()(std::optional<double> Request::*member) const {
    request.*member = checked(field, real_number(field, value));
  }
  void operator()(std::string Request::*member) const {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) refuse(field, value, "a text");
    request.*member = chosen(field, *text);
  }
};

FieldValue parse_flag(const RequestField& field, std::string_view text) {
  const std::string letters = letters_of(text);
  if (letters == "true" || letters == "1" || letters == "on" || letters == "yes") return true;
  if (letters == "false" || letters == "0" || letters == "off" || letters == "no") return false;
  refuse(field, std::string(text), field.words.empty() ? "true or false" : "one of " + word_list(field));
}

FieldValue parse_number(const RequestField& field, std::string_view text) {
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, whole); error == std::errc() && stop == end) {
    return whole;
  }
  double real = 0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, real); error == std::errc() && stop == end) {
    return real;
  }
  if (!field.words.empty()) refuse(field, std::string(text), "one of " + word_list(field));
  refuse(field, std::string(text), is_bounded(field) ? bounds(field) : "a number");
}

}  // namespace

const RequestField* find_request_field(std::string_view name) { return find_by(&RequestField::name, name); }

const RequestField* find_setting(std::string_view id) { return find_by(&RequestField::setting, id); }

const RequestField* find_infotext_key(std::string_view key) { return find_by(&RequestField::key, key); }

FieldValue field_value(const GenerationRequest& request, const RequestField& field) {
  struct Load {
    const GenerationRequest& request;
    FieldValue operator()(bool Request::*member) const { return request.*member; }
    FieldValue operator()(int Request::*member) const { return std::int64_t{request.*member}; }
    FieldValue operator()(std::int64_t Request::*member) const { return request.*member; }
    FieldValue operator()(double Request::*member) const { return request.*member; }
    FieldValue operator()(std::string Request::*member) const { return request.*member; }
    FieldValue operator()(std::optional<double> Request::*member) const {
      return (request.*member).has_value() ? FieldValue(*(request.*member)) : FieldValue();
    }
  };
  return std::visit(Load{request}, field.member);
}

void set_field(GenerationRequest& request, const RequestField& field, const FieldValue& value) {
  if (!std::holds_alternative<std::monostate>(value)) {
    std::visit(Store{request, field, value}, field.member);
  } else if (const auto* member = std::get_if<std::optional<double> Request::*>(&field.member)) {
    (request.**member).reset();
  }
}

void set_field_text(GenerationRequest& request, const RequestField& field, std::string_view text) {
  if (std::holds_alternative<std::string Request::*>(field.member)) {
    set_field(request, field, std::string(text));
  } else if (const auto place = word_place(field, text)) {
    set_field(request, field, static_cast<std::int64_t>(*place));
  } else if (std::holds_alternative<bool Request::*>(field.member)) {
    set_field(request, field, parse_flag(field, text));
  } else {
    set_field(request, field, parse_number(field, text));
  }
}

std::string describe_range(const RequestField& field) {
  const GenerationRequest defaults;
  const FieldValue value = field_value(defaults, field);
  std::string text;
  if (!field.words.empty()) {
    const auto* flag = std::get_if<bool>(&value);
    const auto place = static_cast<std::size_t>(flag != nullptr ? std::int64_t{*flag} : std::get<std::int64_t>(value));
    return fmt::format("one of {}; default '{}'", word_list(field), field.words[place]);
  }
  if (!field.choices.empty()) text = "one of " + choice_list(field);
  if (is_bounded(field) && field.maximum != kAnySeed) text = bounds(field);
  const bool has_default =
      !std::holds_alternative<std::monostate>(value) && shown(value) != "''" && !(field.multiple_of > 1);
  if (has_default) text += fmt::format("{}default {}", text.empty() ? "" : "; ", shown(value));
  return text;
}

}  // namespace fude::pipelines
