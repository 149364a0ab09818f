#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fude::prompt {

/// One line of a wildcard file: a template, and how often it is drawn compared with the others.
struct WildcardValue {
  std::string text;
  double weight = 1;

  bool operator==(const WildcardValue&) const = default;
};

/// A named list of such values.
struct WildcardList {
  std::string name;  // "hair", "people/hair"
  std::vector<WildcardValue> values;
};

/// The lists that __name__ draws from. Names are compared without regard to ASCII case.
class Wildcards {
 public:
  /// Larger files, and lists with more values, are refused.
  static constexpr std::size_t kLargestFile = std::size_t{16} << 20;

  Wildcards() = default;

  /// The lists in a folder and the folders below it. "people/hair.txt" holds the list people/hair, one value a line,
  /// "0.5::value" for one that is drawn half as often; what follows a # is a comment. Keys of .yaml, .yml and .json
  /// files are paths of their own, whatever the file is called; see read_yaml_lists(). Text files are read when they
  /// are first asked for. A missing folder has no lists. Files that cannot be read are warned of.
  static Wildcards in_folder(const std::filesystem::path& folder);

  void add(WildcardList list);

  /// Values of one list, or of all that a pattern names (* any characters, ? one), sorted, each text once. Empty when
  /// there are none.
  std::vector<WildcardValue> values(std::string_view pattern);

  /// Names, sorted.
  std::vector<std::string> names() const;

  /// What was wrong with the files read so far, one line each.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct Entry {
    std::string name;            // as written
    std::filesystem::path file;  // one that waits to be read; else empty
    std::vector<WildcardValue> values = {};
  };

  void add_file(const std::filesystem::path& file, const std::string& name);
  const std::vector<WildcardValue>& values_of(Entry& entry);

  std::map<std::string, Entry> entries_;  // by name in lower case
  std::vector<std::string> warnings_;
};

/// "0.5::red" is red with weight 0.5; anything else is itself.
WildcardValue parse_wildcard_value(std::string_view text);

/// The values of a text file.
std::vector<WildcardValue> parse_wildcard_text(std::string_view text);

/// Whether a name fits a pattern of * and ?, in time of the two lengths multiplied.
bool matches_pattern(std::string_view pattern, std::string_view name);

}  // namespace fude::prompt
