#include "prompt/template_expansion.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "core/error.h"

namespace fude::prompt {
namespace {

using Kind = TemplateTree::Kind;
using Node = TemplateTree::Node;
using SharedTree = std::shared_ptr<const TemplateTree>;

constexpr std::size_t kMostSteps = 1000000;

SharedTree parse_shared(std::string_view text) {
  return std::make_shared<const TemplateTree>(TemplateTree::parse(text));
}

/// One run over one text.
class Expansion {
 public:
  Expansion(Wildcards& wildcards, TemplateChooser& chooser, std::set<std::string>& warnings)
      : wildcards_(wildcards), chooser_(chooser), warnings_(warnings) {}

  std::string run(std::string_view text) {
    const SharedTree tree = parse_shared(text);
    if (tree->is_plain()) return std::string(text);
    return expand(tree, tree->root());
  }

 private:
  /// A variable's value: a part of a template, or text.
  struct Variable {
    SharedTree tree;  // null: text
    std::uint32_t node = 0;
    std::string text;
  };

  /// Counts how deep we are, which the stack would not survive otherwise.
  class Depth {
   public:
    explicit Depth(std::size_t& depth) : depth_(depth) {
      if (++depth_ > kDeepestExpansion) {
        --depth_;
        fail(ErrorCode::kInvalidArgument,
             "the prompt's wildcards and variables are nested more than {} deep; does one of them name itself?",
             kDeepestExpansion);
      }
    }
    ~Depth() { --depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;

   private:
    std::size_t& depth_;
  };

  std::string expand(const SharedTree& tree, std::uint32_t index) {
    const Depth depth(depth_);
    spend(1);
    const Node& node = tree->nodes()[index];
    std::string result;
    switch (node.kind) {
      case Kind::kText: result = node.text; break;
      case Kind::kSequence:
        for (const std::uint32_t child : node.children) result += expand(tree, child);
        break;
      case Kind::kVariant: result = variant(tree, node); break;
      case Kind::kWildcard: result = wildcard(node); break;
      case Kind::kVariable: result = variable(tree, node); break;
      case Kind::kAssignment: assign(tree, node); break;
    }
    check_length(result);
    return result;
  }

  void spend(std::size_t steps) {
    steps_ += steps;
    if (steps_ > kMostSteps) {
      fail(ErrorCode::kInvalidArgument, "the prompt takes more than {} steps to expand; is it meant to?", kMostSteps);
    }
  }

  static void check_length(const std::string& text) {
    if (text.size() > kLongestExpansion) {
      fail(ErrorCode::kInvalidArgument, "the prompt grows beyond {} bytes when it is expanded", kLongestExpansion);
    }
  }

  std::string variant(const SharedTree& tree, const Node& node) {
    // {2$$__name__} takes two different values of one list.
    if (const Node* only = only_wildcard(*tree, node)) return several_of(*only, node);
    std::vector<double> weights;
    for (const TemplateTree::Option& option : node.options) weights.push_back(option.weight);
    std::string result;
    const std::vector<std::size_t> picked = pick(weights, node);
    for (std::size_t i = 0; i < picked.size(); ++i) {
      if (i > 0) result += node.separator;
      result += expand(tree, node.options[picked[i]].node);
      check_length(result);
    }
    return result;
  }

  std::vector<std::size_t> pick(const std::vector<double>& weights, const Node& node) {
    spend(weights.size() / 16);
    const std::size_t most = std::min(node.most, weights.size());
    const std::size_t count = chooser_.count(std::min(node.fewest, most), most, node.method);
    return chooser_.pick(weights, count, node.method);
  }

  static const Node* only_wildcard(const TemplateTree& tree, const Node& node) {
    if (node.options.size() != 1) return nullptr;
    const Node& option = tree.nodes()[node.options[0].node];
    if (option.children.size() != 1) return nullptr;
    const Node& child = tree.nodes()[option.children[0]];
    return child.kind == Kind::kWildcard ? &child : nullptr;
  }

  std::string wildcard(const Node& node) {
    Node one;
    one.method = node.method;
    return several_of(node, one);
  }

  /// As many values of the wildcard as the variant asks for.
  std::string several_of(const Node& wildcard, const Node& variant) {
    const std::string name = resolve_name(wildcard.text);
    const std::vector<WildcardValue>& values = values_of(name);
    if (values.empty()) {
      warnings_.insert(fmt::format("no wildcard '{0}': '__{0}__' stays as it is", printable(name)));
      return "__" + name + "__";
    }
    std::vector<double> weights;
    for (const WildcardValue& value : values) weights.push_back(value.weight);
    const std::size_t scope = assigned_.size();
    for (const auto& [key, text] : wildcard.values) set(key, {nullptr, 0, text});
    std::string result;
    const std::vector<std::size_t> picked = pick(weights, variant);
    for (std::size_t i = 0; i < picked.size(); ++i) {
      if (i > 0) result += variant.separator;
      spend(values[picked[i]].text.size() / 16);
      const SharedTree tree = parse_shared(values[picked[i]].text);
      result += expand(tree, tree->root());
      check_length(result);
    }
    leave(scope);
    return result;
  }

  const std::vector<WildcardValue>& values_of(const std::string& name) {
    const auto [place, is_new] = lists_.try_emplace(name);
    if (is_new) place->second = wildcards_.values(name);
    return place->second;
  }

  /// A name with ${variables} in it.
  std::string resolve_name(const std::string& name) {
    if (name.find("${") == name.npos) return name;
    const SharedTree tree = parse_shared(name);
    return expand(tree, tree->root());
  }

  std::string variable(const SharedTree& tree, const Node& node) {
    const auto found = variables_.find(node.text);
    if (found != variables_.end()) {
      const Variable value = found->second;  // a copy: the value may assign anew
      return value.tree == nullptr ? value.text : expand(value.tree, value.node);
    }
    if (!node.children.empty()) return expand(tree, node.children[0]);
    warnings_.insert(fmt::format("no variable '{0}': '${{{0}}}' stays as it is", printable(node.text)));
    return "${" + node.text + "}";
  }

  void assign(const SharedTree& tree, const Node& node) {
    if (node.keeps_existing && variables_.contains(node.text)) return;
    if (node.is_immediate) {
      set(node.text, {nullptr, 0, expand(tree, node.children[0])});
    } else {
      set(node.text, {tree, node.children[0], {}});
    }
  }

  void set(const std::string& name, Variable value) {
    std::optional<Variable>& old = assigned_.emplace_back(name, std::nullopt).second;
    const auto [place, is_new] = variables_.try_emplace(name);
    if (!is_new) old = std::move(place->second);
    place->second = std::move(value);
  }

  /// Forgets what was assigned since there were `scope` assignments: a wildcard's variables are its own.
  void leave(std::size_t scope) {
    while (assigned_.size() > scope) {
      auto& [name, old] = assigned_.back();
      if (old) {
        variables_[name] = std::move(*old);
      } else {
        variables_.erase(name);
      }
      assigned_.pop_back();
    }
  }

  Wildcards& wildcards_;
  TemplateChooser& chooser_;
  std::set<std::string>& warnings_;
  std::map<std::string, std::vector<WildcardValue>> lists_;
  std::map<std::string, Variable> variables_;
  std::vector<std::pair<std::string, std::optional<Variable>>> assigned_;
  std::size_t depth_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace

bool is_template(std::string_view text) { return !TemplateTree::parse(text).is_plain(); }

Words TemplateExpander::expand(const Words& words, TemplateChooser& chooser) {
  Words result;
  result.prompt = Expansion(wildcards_, chooser, warnings_).run(words.prompt);
  result.negative = Expansion(wildcards_, chooser, warnings_).run(words.negative);
  return result;
}

Words TemplateExpander::draw(const Words& words, DrawPlace place) {
  SeededChooser chooser(place);
  return expand(words, chooser);
}

std::vector<Words> TemplateExpander::combinations(const Words& words, std::size_t limit, DrawPlace place) {
  std::vector<Words> all;
  OdometerChooser chooser(place);
  while (all.size() < limit) {
    all.push_back(expand(words, chooser));
    ++place.seed;
    ++place.index;
    if (!chooser.advance(place)) break;
  }
  return all;
}

}  // namespace fude::prompt
