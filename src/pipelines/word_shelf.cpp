#include "pipelines/word_shelf.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/platform/mapped_file.h"
#include "io/images/embedding_picture.h"
#include "pipelines/adapter_shelf.h"
#include "tokenizers/clip_tokenizer.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// Whether the name stands in the text and is no part of a longer word. Both in lower case.
bool says(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    const bool begins = at == 0 || !is_letter_or_digit(text[at - 1]);
    if (begins && (end == text.size() || !is_letter_or_digit(text[end]))) return true;
  }
  return false;
}

models::TextualInversion read_file(const fs::path& path, const std::string& name) {
  if (path.extension() != ".png") return models::read_textual_inversion(io::TensorFile::open(path), name);
  const auto file = platform::MappedFile::open(path);
  const auto json = io::find_embedding_json(file->bytes(), path.string());
  if (!json) return {.name = name, .vectors = {}};  // just a picture
  return models::read_textual_inversion_json(*json, name);
}

}  // namespace

void WordShelf::refresh(std::span<const models::TextualInversion> bundled) {
  std::map<fs::path, Shelved> now;
  for (const fs::path& path : library_.embedding_files()) {
    const auto known = shelf_.find(path);
    const bool is_same = known != shelf_.end() && known->second.id == file_identity(path);
    now.emplace(path, is_same ? std::move(known->second) : read(path));
  }
  shelf_ = std::move(now);
  bundled_.clear();
  for (const models::TextualInversion& word : bundled) {
    bundled_.push_back({.id = {}, .word = word, .problem = misfit(word)});
  }
  words_.clear();
  paths_.clear();
  std::set<std::string> names;
  const auto offer = [&](const Shelved& shelved, const fs::path& path) {
    const bool is_usable = shelved.problem.empty() && !shelved.word.vectors.empty();
    if (!is_usable || !names.insert(shelved.word.name).second) return;
    words_.push_back(shelved.word);
    paths_.push_back(path);
  };
  for (const Shelved& shelved : bundled_) offer(shelved, {});
  for (const auto& [path, shelved] : shelf_) offer(shelved, path);
}

UsedNetwork WordShelf::used(std::size_t word) const {
  constexpr std::size_t kDigits = 12;
  if (paths_.at(word).empty()) return {.name = words_.at(word).name, .hash = {}};
  const auto file = platform::MappedFile::open(paths_.at(word));
  return {.name = words_.at(word).name, .hash = sha256_hex(file->bytes()).substr(0, kDigits)};
}

std::vector<std::string> WordShelf::warnings_about(std::string_view text) const {
  const std::string said = ascii_lower(text);
  std::vector<std::string> warnings;
  const auto tell = [&](const Shelved& shelved) {
    if (shelved.problem.empty() || !says(said, ascii_lower(shelved.word.name))) return;
    warnings.push_back(fmt::format("embedding '{}': {}; its name stays plain words", printable(shelved.word.name, 60),
                                   shelved.problem));
  };
  std::ranges::for_each(bundled_, tell);
  for (const auto& [path, shelved] : shelf_) tell(shelved);
  return warnings;
}

WordShelf::Shelved WordShelf::read(const fs::path& path) const {
  const std::string name = library_.name_of(path);
  Shelved shelved{.id = file_identity(path), .word = {.name = name, .vectors = {}}, .problem = {}};
  if (name.empty()) return shelved;
  try {
    shelved.word = read_file(path, name);
    if (!shelved.word.vectors.empty()) shelved.problem = misfit(shelved.word);
  } catch (const Error& error) {
    shelved.problem = error.what();
  }
  return shelved;
}

std::string WordShelf::misfit(const models::TextualInversion& word) const {
  if (tokenizers::ClipTokenizer().encode(word.name).empty()) return "its name makes no tokens";
  std::vector<int64_t> widths;
  for (const at::Tensor& vectors : word.vectors) widths.push_back(vectors.size(1));
  if (widths == widths_) return {};
  return fmt::format("it is {} wide, and the model's text encoder {}", fmt::join(widths, " and "),
                     fmt::join(widths_, " and "));
}

}  // namespace fude::pipelines
