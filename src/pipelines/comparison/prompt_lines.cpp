#include "pipelines/comparison/prompt_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/ascii.h"
#include "core/error.h"
#include "core/nearest_name.h"
#include "pipelines/request_fields.h"

namespace fude::pipelines::comparison {
namespace {

/// What an option of a line changes.
struct LineOption {
  std::string_view name;
  std::string_view field{};  // of the request table, or a setting; empty: see apply_option()
};

constexpr std::array kOptions{
    LineOption{"prompt"}, LineOption{"negative_prompt"}, LineOption{"styles"},
    LineOption{"sd_model", "sd_model_checkpoint"}, LineOption{"seed", "seed"}, LineOption{"subseed", "subseed"},
    LineOption{"subseed_strength", "subseed_strength"}, LineOption{"seed_resize_from_w", "seed_resize_from_w"},
    LineOption{"seed_resize_from_h", "seed_resize_from_h"}, LineOption{"sampler_name", "sampler_name"},
    LineOption{"sampler_index", "sampler_name"}, LineOption{"batch_size", "batch_size"}, LineOption{"n_iter", "n_iter"},
    LineOption{"steps", "steps"}, LineOption{"cfg_scale", "cfg_scale"}, LineOption{"width", "width"},
    LineOption{"height", "height"}, LineOption{"tiling", "tiling"}, LineOption{"restore_faces", "restore_faces"},
    // Files go where the whole job's go; nothing is written where a line says.
    LineOption{"outpath_samples"}, LineOption{"outpath_grids"}, LineOption{"do_not_save_samples"},
    LineOption{"do_not_save_grid"}, LineOption{"prompt_for_display"}};

const LineOption* find_option(std::string_view name) {
  const auto found = std::ranges::find(kOptions, name, &LineOption::name);
  return found == kOptions.end() ? nullptr : &*found;
}

/// Takes a line apart; each call of word() goes behind one word.
class ShellReader {
 public:
  explicit ShellReader(std::string_view line) : line_(line) {}

  bool has_word() {
    place_ = std::min(line_.find_first_not_of(" \t\r\n", place_), line_.size());
    return place_ < line_.size();
  }

  std::string word() {
    std::string word;
    for (; place_ < line_.size(); ++place_) {
      const char c = line_[place_];
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') break;
      if (c == '\'') {
        single_quoted(word);
      } else if (c == '"') {
        double_quoted(word);
      } else if (c == '\\') {
        word += after_backslash();
      } else {
        word += c;
      }
    }
    return word;
  }

 private:
  char after_backslash() {
    if (++place_ >= line_.size()) fail(ErrorCode::kInvalidArgument, "a backslash ends the line");
    return line_[place_];
  }

  void single_quoted(std::string& word) {
    const std::size_t end = line_.find('\'', place_ + 1);
    if (end == line_.npos) fail(ErrorCode::kInvalidArgument, "a quote is never closed");
    word += line_.substr(place_ + 1, end - place_ - 1);
    place_ = end;
  }

  void double_quoted(std::string& word) {
    for (++place_; place_ < line_.size() && line_[place_] != '"'; ++place_) {
      if (line_[place_] == '\\') {
        const char next = after_backslash();
        if (next != '"' && next != '\\') word += '\\';
        word += next;
      } else {
        word += line_[place_];
      }
    }
    if (place_ >= line_.size()) fail(ErrorCode::kInvalidArgument, "a quote is never closed");
  }

  std::string_view line_;
  std::size_t place_ = 0;
};

[[noreturn]] void refuse_option(std::string_view name) {
  std::vector<std::string_view> names;
  for (const LineOption& option : kOptions) names.push_back(option.name);
  fail(ErrorCode::kInvalidArgument, "unknown option '--{}'{}", printable(name, 40), did_you_mean(name, names));
}

class LinePlanner {
 public:
  LinePlanner(const GenerationRequest& base, const LineOptions& options, const WordFiles& files, SeedSource& seeds)
      : base_(base), options_(options), files_(files), seeds_(seeds), seed_(base.seed) {
    if (seed_ == -1 && (options.iterates_seeds || options.has_one_random_seed)) seed_ = seeds_.draw();
  }

  void add(std::string_view line, std::size_t number) {
    GenerationRequest request = base_;
    request.seed = seed_;
    try {
      apply_line(line, number, request);
      normalise(request);
      seeds_.resolve(request);
      PictureJobs jobs = expand_words(std::move(request), files_);
      for (const std::string& warning : jobs.warnings) warn(warning);
      lines_.cells.push_back({.jobs = std::move(jobs.requests), .name = fmt::format("line {}", number)});
    } catch (const Error& error) {
      fail(error.code(), "line {}: {}", number, error.what());
    }
    if (options_.iterates_seeds) seed_ += std::int64_t{base_.batch_size} * base_.batch_count;
  }

  PromptLines finish() { return std::move(lines_); }

 private:
  void apply_line(std::string_view line, std::size_t number, GenerationRequest& request) {
    std::vector<std::pair<std::string, std::string>> pairs{{"prompt", std::string(line)}};
    if (line.find("--") != line.npos) {
      try {
        pairs = parse_line_options(line);
      } catch (const Error& error) {
        warn(fmt::format("line {} is taken for a prompt as it stands: {}", number, error.what()));
      }
    }
    for (const auto& [name, value] : pairs) apply_option(name, value, request);
  }

  void apply_option(const std::string& name, const std::string& value, GenerationRequest& request) {
    if (name == "prompt") {
      request.prompt = beside(base_.prompt, value);
    } else if (name == "negative_prompt") {
      request.negative_prompt = beside(base_.negative_prompt, value);
    } else if (name == "styles") {
      request.styles = {value};
    } else if (const LineOption* option = find_option(name); option->field.empty()) {
      warn(fmt::format("'--{}' in a line is left out", name));
    } else {
      set(option->field, value, request);
    }
  }

  void set(std::string_view name, const std::string& value, GenerationRequest& request) {
    const RequestField* field = find_request_field(name);
    if (field == nullptr) field = find_setting(name);
    if (field == nullptr) {
      warn(fmt::format("'--{}' in a line is left out: this version has no such knob yet", name));
    } else {
      set_field_text(request, *field, value);
    }
  }

  std::string beside(const std::string& words, const std::string& line) const {
    if (words.empty() || line.empty()) return words + line;
    return options_.place == LinePlace::kStart ? line + " " + words : words + " " + line;
  }

  void warn(const std::string& warning) {
    if (std::ranges::find(lines_.warnings, warning) == lines_.warnings.end()) lines_.warnings.push_back(warning);
  }

  const GenerationRequest& base_;
  const LineOptions& options_;
  const WordFiles& files_;
  SeedSource& seeds_;
  std::int64_t seed_;
  PromptLines lines_;
};

}  // namespace

std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  for (ShellReader reader(line); reader.has_word();) words.push_back(reader.word());
  return words;
}

std::vector<std::pair<std::string, std::string>> parse_line_options(std::string_view line) {
  const std::vector<std::string> words = shell_words(line);
  std::vector<std::pair<std::string, std::string>> pairs;
  for (std::size_t i = 0; i < words.size();) {
    if (!words[i].starts_with("--")) {
      fail(ErrorCode::kInvalidArgument, "'{}' stands where an option is expected", printable(words[i], 40));
    }
    const std::string name = words[i].substr(2);
    if (find_option(name) == nullptr) refuse_option(name);
    if (++i >= words.size()) fail(ErrorCode::kInvalidArgument, "the option '--{}' has no value", name);
    std::string value = words[i++];
    const bool is_prompt = name == "prompt" || name == "negative_prompt";
    while (is_prompt && i < words.size() && !words[i].starts_with("--")) value += " " + words[i++];
    pairs.emplace_back(name, std::move(value));
  }
  return pairs;
}

PromptLines plan_lines(const GenerationRequest& base, std::string_view text, const LineOptions& options,
                       const WordFiles& files, SeedSource seeds) {
  if (text.size() > kLongestLines) {
    fail(ErrorCode::kInvalidArgument, "the list of prompts has {} bytes, expected at most {}", text.size(),
         kLongestLines);
  }
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  LinePlanner planner(base, options, files, seeds);
  std::size_t number = 0, count = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty()) continue;
    if (++count > kMostCells) {
      fail(ErrorCode::kInvalidArgument, "the list of prompts has more lines than {}", kMostCells);
    }
    planner.add(line, number);
  }
  if (count == 0) fail(ErrorCode::kInvalidArgument, "the list of prompts is empty, expected a prompt in every line");
  return planner.finish();
}

}  // namespace fude::pipelines::comparison
