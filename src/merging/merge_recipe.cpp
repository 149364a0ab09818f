#include "merging/merge_recipe.h"

#include <toml++/toml.h>

#include <sstream>

#include "core/error.h"
#include "core/toml_reader.h"

namespace fude::merging {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr double kLargestWeight = 1000;

MergeRecipe recipe_from(const toml::table& table) {
  MergeRecipe recipe;
  TomlReader reader(table, "");
  reader.text("a", recipe.a);
  reader.text("b", recipe.b);
  reader.text("c", recipe.c);
  reader.text("vae", recipe.autoencoder);
  reader.text("method", recipe.method);
  reader.number("alpha", recipe.alpha, -kLargestWeight, kLargestWeight);
  reader.number("beta", recipe.beta, -kLargestWeight, kLargestWeight);
  reader.text("alpha_blocks", recipe.alpha_blocks);
  reader.text("beta_blocks", recipe.beta_blocks);
  reader.texts("alpha_block", recipe.alpha_block);
  reader.texts("beta_block", recipe.beta_block);
  reader.text("discard", recipe.discard);
  reader.text("dtype", recipe.type);
  reader.reject_unknown();
  if (recipe.a.empty()) fail(ErrorCode::kInvalidArgument, "'a' is missing, expected the first model's path or name");
  return recipe;
}

/// toml++ would sort the keys and write 0.4 with all its digits.
class TomlText {
 public:
  void add(std::string_view key, const std::string& value, const std::string& usual) {
    if (value != usual) text_ << key << " = " << toml::value<std::string>(value) << '\n';
  }

  void add(std::string_view key, double value, double usual) {
    if (value != usual) text_ << fmt::format("{} = {}\n", key, value);
  }

  void add(std::string_view key, const std::vector<std::string>& values) {
    if (values.empty()) return;
    toml::array array;
    for (const std::string& value : values) array.push_back(value);
    text_ << key << " = " << array << '\n';
  }

  std::string finish() const { return text_.str(); }

 private:
  std::ostringstream text_;
};

}  // namespace

MergeRecipe parse_merge_recipe(std::string_view toml, std::string_view name) {
  if (toml.size() > kMostBytes) {
    fail(ErrorCode::kCorruptFile, "recipe '{}' has {} bytes, expected at most {}", printable(name), toml.size(),
         kMostBytes);
  }
  try {
    return recipe_from(toml::parse(toml));
  } catch (const toml::parse_error& error) {
    fail(ErrorCode::kCorruptFile, "recipe '{}' is not TOML: {} (line {})", printable(name),
         printable(error.description()), error.source().begin.line);
  } catch (const Error& error) {
    fail(ErrorCode::kCorruptFile, "recipe '{}': {}", printable(name), error.what());
  }
}

std::string merge_recipe_text(const MergeRecipe& recipe) {
  const MergeRecipe plain;
  TomlText text;
  text.add("a", recipe.a, plain.a);
  text.add("b", recipe.b, plain.b);
  text.add("c", recipe.c, plain.c);
  text.add("vae", recipe.autoencoder, plain.autoencoder);
  text.add("method", recipe.method, plain.method);
  text.add("alpha", recipe.alpha, plain.alpha);
  text.add("beta", recipe.beta, plain.beta);
  text.add("alpha_blocks", recipe.alpha_blocks, plain.alpha_blocks);
  text.add("beta_blocks", recipe.beta_blocks, plain.beta_blocks);
  text.add("alpha_block", recipe.alpha_block);
  text.add("beta_block", recipe.beta_block);
  text.add("discard", recipe.discard, plain.discard);
  text.add("dtype", recipe.type, plain.type);
  return text.finish();
}

}  // namespace fude::merging
