#include "tests/guide/guide_page.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <utility>

namespace fude::tests {
namespace {

constexpr std::string_view kFence = "```";

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<CodeBlock> blocks_of(const std::string& text) {
  std::vector<CodeBlock> blocks;
  bool is_inside = false;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (line.starts_with(kFence)) {
      is_inside = !is_inside;
      if (is_inside) blocks.push_back({.language = line.substr(kFence.size()), .text = ""});
    } else if (is_inside) {
      blocks.back().text += line + "\n";
    }
  }
  return blocks;
}

std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char letter : heading) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == ' ') anchor += '-';
    if (letter == '-' || letter == '_' || byte >= 0x80 || std::isalnum(byte) != 0)
      anchor += static_cast<char>(byte < 0x80 ? std::tolower(byte) : byte);
  }
  return anchor;
}

std::vector<std::string> matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator match(text.begin(), text.end(), pattern), end; match != end; ++match)
    found.push_back(match->str(1));
  return found;
}

}  // namespace

GuidePage::GuidePage(std::filesystem::path file)
    : file_(std::move(file)), text_(read_text(file_)), blocks_(blocks_of(text_)) {}

std::vector<CodeBlock> GuidePage::commands() const {
  std::vector<CodeBlock> commands;
  std::copy_if(blocks_.begin(), blocks_.end(), std::back_inserter(commands),
               [](const CodeBlock& block) { return block.language == "sh"; });
  return commands;
}

std::vector<std::string> GuidePage::links() const {
  std::vector<std::string> links = matches(text_, std::regex(R"(\]\(([^)\s]+)\))"));
  std::erase_if(links, [](const std::string& link) { return link.starts_with("http"); });
  return links;
}

std::set<std::string> GuidePage::practice_files() const {
  const std::vector<std::string> names = matches(text_, std::regex(R"((practice/[A-Za-z0-9_./-]*[A-Za-z0-9]))"));
  return {names.begin(), names.end()};
}

std::set<std::string> GuidePage::anchors() const {
  std::set<std::string> anchors;
  std::istringstream stream(text_);
  for (std::string line; std::getline(stream, line);)
    if (line.starts_with('#') && line.find("# ") != std::string::npos)
      anchors.insert(anchor_of(line.substr(line.find("# ") + 2)));
  return anchors;
}

}  // namespace fude::tests
