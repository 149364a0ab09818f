#include "pipelines/autoencoder_choice.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/ascii.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kExtensions = {".safetensors", ".pt", ".ckpt"};
constexpr std::uintmax_t kLongestNotes = 1 << 20;  // bytes

bool has_autoencoder_extension(const fs::path& file) {
  return std::ranges::find(kExtensions, file.extension()) != kExtensions.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a run of digits off the front of `text`, without leading zeros.
std::string_view take_number(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
  return digits;
}

}  // namespace

bool natural_less(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view left = take_number(a), right = take_number(b);
      if (left.size() != right.size()) return left.size() < right.size();
      if (left != right) return left < right;
      continue;
    }
    if (ascii_lower(a.front()) != ascii_lower(b.front())) return ascii_lower(a.front()) < ascii_lower(b.front());
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return a.size() < b.size();
}

bool is_called_autoencoder(const fs::path& file) {
  return has_autoencoder_extension(file) && file.stem().extension() == ".vae";
}

std::optional<std::string> noted_autoencoder(const fs::path& checkpoint) {
  const fs::path notes = fs::path(checkpoint).replace_extension(".json");
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(notes, missing);
  if (missing || size > kLongestNotes) return std::nullopt;
  std::ifstream file(notes);
  const nlohmann::json read = nlohmann::json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!read.is_object()) return std::nullopt;
  const auto vae = read.find("vae");
  if (vae == read.end() || !vae->is_string()) return std::nullopt;
  const auto name = vae->get<std::string>();
  if (name.empty() || name == "Automatic") return std::nullopt;
  return name;
}

std::optional<fs::path> autoencoder_named_like(const fs::path& checkpoint, std::vector<fs::path> files) {
  const std::string begin = checkpoint.stem().string();
  std::erase_if(files, [&](const fs::path& file) {
    std::error_code ignored;
    return !has_autoencoder_extension(file) || !file.filename().string().starts_with(begin) ||
           fs::equivalent(file, checkpoint, ignored);
  });
  const auto first = std::ranges::min_element(files, [](const fs::path& a, const fs::path& b) {
    return natural_less(a.filename().string(), b.filename().string());
  });
  if (first == files.end()) return std::nullopt;
  return *first;
}

}  // namespace fude::pipelines
