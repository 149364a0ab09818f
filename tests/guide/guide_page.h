#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace fude::tests {

/// What is between two lines of ```; the word behind the first one is its language.
struct CodeBlock {
  std::string language;
  std::string text;

  bool operator==(const CodeBlock&) const = default;
};

/// A page of the guide, as Markdown.
class GuidePage {
 public:
  explicit GuidePage(std::filesystem::path file);

  const std::filesystem::path& file() const { return file_; }
  const std::vector<CodeBlock>& blocks() const { return blocks_; }
  /// The blocks that are run: those of the language "sh".
  std::vector<CodeBlock> commands() const;
  /// Targets of links and pictures within the repository, as they are written.
  std::vector<std::string> links() const;
  /// Files of the reader's own folder that commands or prose name: practice/...
  std::set<std::string> practice_files() const;
  /// The names by which links reach its headings, in GitHub's way.
  std::set<std::string> anchors() const;

 private:
  std::filesystem::path file_;
  std::string text_;
  std::vector<CodeBlock> blocks_;
};

}  // namespace fude::tests
