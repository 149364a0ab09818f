#include "prompt/wildcard_yaml.h"

#include <yaml.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <utility>

#include "core/error.h"
#include "prompt/networks.h"

namespace fude::prompt {
namespace {

constexpr std::size_t kLongestPath = 64;  // keys
constexpr std::size_t kDeepest = 1000;    // levels; libyaml takes time with their square

/// Events of libyaml's reader, which itself neither recurses nor follows aliases.
class YamlEvents {
 public:
  explicit YamlEvents(std::string_view text) {
    if (yaml_parser_initialize(&parser_) == 0) fail(ErrorCode::kOutOfResources, "no memory to read a YAML file");
    yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
  }
  ~YamlEvents() {
    yaml_event_delete(&event_);
    yaml_parser_delete(&parser_);
  }
  YamlEvents(const YamlEvents&) = delete;
  YamlEvents& operator=(const YamlEvents&) = delete;

  const yaml_event_t& next() {
    yaml_event_delete(&event_);
    if (yaml_parser_parse(&parser_, &event_) == 0) {
      fail(ErrorCode::kCorruptFile, "line {} is not YAML: {}", parser_.problem_mark.line + 1,
           parser_.problem == nullptr ? "it cannot be read" : printable(parser_.problem));
    }
    return event_;
  }

 private:
  yaml_parser_t parser_{};
  yaml_event_t event_{};
};

std::string text_of(const yaml_event_t& event) {
  return {reinterpret_cast<const char*>(event.data.scalar.value), event.data.scalar.length};
}

/// Reads the stream with its own stack of what is open.
class ListReader {
 public:
  explicit ListReader(std::string_view root_name) : root_name_(root_name) {}

  std::vector<WildcardList> read(std::string_view text) {
    YamlEvents events(text);
    while (true) {
      const yaml_event_t& event = events.next();
      switch (event.type) {
        case YAML_STREAM_END_EVENT: return std::move(lists_);
        case YAML_MAPPING_START_EVENT: open(/*is_mapping=*/true); break;
        case YAML_SEQUENCE_START_EVENT: open(/*is_mapping=*/false); break;
        case YAML_MAPPING_END_EVENT:
        case YAML_SEQUENCE_END_EVENT: close(); break;
        case YAML_SCALAR_EVENT: scalar(text_of(event)); break;
        case YAML_ALIAS_EVENT: value_is_over(); break;
        default: break;
      }
    }
  }

 private:
  enum class Role {
    kPath,     // a mapping whose keys are names
    kList,     // a sequence of values
    kItem,     // a mapping in such a sequence: one value with its weight
    kIgnored,  // something else
  };

  struct Level {
    Role role;
    bool is_mapping;
    bool awaits_key;             // mappings
    std::string key = {};        // the key whose value comes next
    std::size_t outer_path = 0;  // length of path_ around it
  };

  void open(bool is_mapping) {
    if (levels_.size() >= kDeepest) fail(ErrorCode::kCorruptFile, "it is nested deeper than {} levels", kDeepest);
    const std::size_t outer_path = path_.size();
    Level level{role_of_new(is_mapping), is_mapping, is_mapping, {}, outer_path};
    if (level.role == Role::kList) {
      list_ = {path_.empty() ? std::string(root_name_) : path_, {}};
    } else if (level.role == Role::kItem) {
      item_ = {};
    }
    levels_.push_back(std::move(level));
  }

  Role role_of_new(bool is_mapping) {
    if (levels_.empty()) return is_mapping ? Role::kPath : Role::kList;
    const Level& outer = levels_.back();
    if (outer.role == Role::kList && is_mapping) return Role::kItem;
    const bool is_value = outer.role == Role::kPath && !outer.awaits_key && !outer.key.empty();
    if (!is_value || levels_.size() >= kLongestPath) return Role::kIgnored;
    append_key(outer.key);
    return is_mapping ? Role::kPath : Role::kList;
  }

  void append_key(const std::string& key) {
    if (!path_.empty()) path_ += '/';
    path_ += key;
  }

  void close() {
    const Level level = std::move(levels_.back());
    levels_.pop_back();
    if (level.role == Role::kList && !list_.values.empty()) lists_.push_back(std::exchange(list_, {}));
    if (level.role == Role::kItem && !item_.text.empty()) list_.values.push_back(std::exchange(item_, {}));
    path_.resize(level.outer_path);
    value_is_over();
  }

  void scalar(const std::string& text) {
    if (levels_.empty()) return;
    Level& level = levels_.back();
    if (level.is_mapping && level.awaits_key) {
      level.key = text;
      level.awaits_key = false;
      return;
    }
    if (level.role == Role::kList) {
      add_value(list_, text);
    } else if (level.role == Role::kItem) {
      set_member(level.key, text);
    } else if (level.role == Role::kPath && !level.key.empty()) {
      add_single(level.key, text);
    }
    value_is_over();
  }

  void value_is_over() {
    if (levels_.empty() || !levels_.back().is_mapping) return;
    Level& level = levels_.back();
    // An ignored node in the place of a key is followed by a value, which has no name then.
    level.awaits_key = !level.awaits_key;
    level.key.clear();
  }

  static void add_value(WildcardList& list, const std::string& text) {
    WildcardValue value = parse_wildcard_value(strip_comments(text));
    if (!value.text.empty() && value.text != "~" && value.text != "null") list.values.push_back(std::move(value));
  }

  void add_single(const std::string& key, const std::string& text) {
    const std::size_t length = path_.size();
    append_key(key);
    WildcardList list{path_, {}};
    path_.resize(length);
    add_value(list, text);
    if (!list.values.empty()) lists_.push_back(std::move(list));
  }

  void set_member(const std::string& key, const std::string& text) {
    if (key == "text" || key == "content") {
      item_.text = text;
    } else if (key == "weight") {
      double weight = 0;
      const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), weight);
      const bool is_number = error == std::errc() && stop == text.data() + text.size();
      if (is_number && weight >= 0 && std::isfinite(weight)) item_.weight = weight;
    }
  }

  std::string_view root_name_;
  std::vector<Level> levels_;
  std::string path_;
  WildcardList list_;
  WildcardValue item_;
  std::vector<WildcardList> lists_;
};

}  // namespace

std::vector<WildcardList> read_yaml_lists(std::string_view text, std::string_view root_name) {
  return ListReader(root_name).read(text);
}

}  // namespace fude::prompt
