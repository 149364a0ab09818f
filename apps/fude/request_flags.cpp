#include "request_flags.h"

#include <algorithm>

#include "core/error.h"

namespace fude::apps {
namespace {

using pipelines::RequestField;

std::string_view long_name(std::string_view flag) {
  const std::size_t comma = flag.rfind(',');
  return comma == std::string_view::npos ? flag : flag.substr(comma + 1);
}

// A truth value; those whose flag is named after their words are asked for by one of these.
bool is_switch(const RequestField& field) {
  const bool is_truth = std::holds_alternative<bool pipelines::GenerationRequest::*>(field.member);
  return is_truth && !field.is_choice;
}

std::string_view value_name(const RequestField& field, bool is_pair) {
  if (is_pair) return "WxH";
  if (std::holds_alternative<std::string pipelines::GenerationRequest::*>(field.member)) return "TEXT";
  if (!field.words.empty()) return "WORD";
  return "N";
}

// In the studio there is neither --like nor a flag to write, so its help says nothing of them.
std::string help_of_flag(const RequestField& field) {
  std::string help(field.help);
  if (field.flag == "--dynamic-prompts") help += "; on unless --like gives the words, =false turns it off";
  return help;
}

std::string help_of(const RequestField& field, bool is_pair) {
  std::string help(field.help);
  const std::string range = is_pair ? "" : describe_range(field);
  return range.empty() ? help : help + " (" + range + ")";
}

void set_pair(pipelines::GenerationRequest& request, std::span<const RequestField* const> fields,
              const std::string& text) {
  const std::size_t cross = text.find_first_of("xX");
  if (cross == std::string::npos) {
    fail(ErrorCode::kInvalidArgument, "{} is '{}', expected width x height such as 512x768", fields[0]->flag,
         printable(text));
  }
  set_field_text(request, *fields[0], std::string_view(text).substr(0, cross));
  set_field_text(request, *fields[1], std::string_view(text).substr(cross + 1));
}

}  // namespace

RequestFlags::RequestFlags(CLI::App& command, pipelines::FlagScope scope) {
  words_option_ = command.add_option("words", words_, "the prompt: what the picture shows");
  for (const RequestField& field : pipelines::request_fields()) {
    const bool is_ours = field.scope == pipelines::FlagScope::kAll || field.scope == scope;
    if (field.flag.empty() || !is_ours) continue;
    const auto same = std::ranges::find_if(flags_, [&](const Flag& f) { return f.fields[0]->flag == field.flag; });
    if (same != flags_.end()) {
      same->fields.push_back(&field);
      continue;
    }
    flags_.push_back({.option = nullptr, .text = {}, .fields = {&field}});
  }
  command.add_option("--style", styles_, "add the words of a style of styles.csv, by its name; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  for (Flag& flag : flags_) {
    const RequestField& field = *flag.fields[0];
    const bool is_pair = flag.fields.size() > 1;
    if (is_switch(field)) {
      flag.option = command.add_flag(std::string(field.flag), flag.text, help_of_flag(field));
      continue;
    }
    flag.option = command.add_option(std::string(field.flag), flag.text, help_of(field, is_pair));
    flag.option->type_name(std::string(value_name(field, is_pair)));
  }
}

void RequestFlags::apply(pipelines::GenerationRequest& request) const {
  if (words_option_->count() > 0 || has_words_) request.prompt = words_;
  if (!styles_.empty()) request.styles = styles_;
  for (const Flag& flag : flags_) {
    if (flag.option->count() == 0) continue;
    try {
      if (flag.fields.size() > 1) {
        set_pair(request, flag.fields, flag.text);
      } else {
        set_field_text(request, *flag.fields[0], flag.text);
      }
      if (bool pipelines::GenerationRequest::*const member = flag.fields[0]->turns_on) request.*member = true;
    } catch (const Error& error) {
      const std::string_view name = long_name(flag.fields[0]->flag);
      const std::string_view message = error.what();
      if (message.find(name) != std::string_view::npos) throw;
      fail(error.code(), "{}: {}", name, message);
    }
  }
}

void RequestFlags::use_words(const std::string& words) {
  if (words_option_->count() > 0) {
    fail(ErrorCode::kInvalidArgument, "words are given twice, '{}' and '{}', expected one text in quotes",
         printable(words, 40), printable(words_, 40));
  }
  words_ = words;
  has_words_ = true;
}

bool RequestFlags::has_prompt() const {
  return words_option_->count() > 0 || has_words_ || std::ranges::any_of(flags_, [](const Flag& flag) {
           return flag.fields[0]->name == "prompt" && flag.option->count() > 0;
         });
}

}  // namespace fude::apps
