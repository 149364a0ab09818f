#include "usage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <sstream>
#include <vector>

#include "core/error.h"
#include "core/nearest_name.h"

namespace fude::apps {
namespace {

constexpr std::size_t kHelpWidth = 80;
constexpr std::size_t kNameWidth = 26;

// Words of `text` in lines of at most `width` bytes.
std::vector<std::string> wrap(const std::string& text, std::size_t width) {
  std::vector<std::string> lines(1);
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
  }
  return lines;
}

std::string two_columns(const std::string& name, const std::string& description) {
  const std::vector<std::string> lines = wrap(description, kHelpWidth - kNameWidth);
  std::string out = "  " + name;
  std::size_t first = 0;
  if (out.size() + 2 <= kNameWidth) {
    out += std::string(kNameWidth - out.size(), ' ') + lines[0];
    first = 1;
  }
  out += '\n';
  for (std::size_t i = first; i < lines.size(); ++i) {
    if (!lines[i].empty()) out += std::string(kNameWidth, ' ') + lines[i] + '\n';
  }
  return out;
}

class Formatter : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool is_positional) const override {
    std::string name = is_positional ? option->get_name(true) : option->get_name(false, true);
    name = name.substr(0, name.find('{'));  // "--no-mark{false}"
    std::string type = option->get_type_name();
    type = type.substr(0, type.find(':'));  // "N:INT in [1 - 100]": the description says it
    if (!is_positional && option->get_type_size() != 0 && !type.empty()) name += " " + type;
    return two_columns(name, option->get_description());
  }

  std::string make_subcommand(const CLI::App* command) const override {
    return two_columns(command->get_name(), command->get_description());
  }

  std::string make_description(const CLI::App* app) const override { return wrapped(app->get_description()); }

  // Indented lines are to be typed as they stand; the others are wrapped.
  std::string make_footer(const CLI::App* app) const override {
    std::istringstream lines(app->get_footer());
    std::string out;
    for (std::string line; std::getline(lines, line);) out += line.starts_with(' ') ? line + "\n" : wrapped(line);
    return out;
  }

  std::string make_usage(const CLI::App* app, std::string name) const override {
    std::string usage = "Usage: " + (name.empty() ? app->get_name() : name);
    if (!app->get_subcommands([](const CLI::App*) { return true; }).empty()) usage += " COMMAND";
    for (const CLI::Option* option : app->get_options([](const CLI::Option* o) { return o->get_positional(); })) {
      usage += option->get_required() ? " " + option->get_name(true) : " [" + option->get_name(true) + "]";
    }
    return usage + " [FLAGS]\n";
  }

 private:
  static std::string wrapped(const std::string& text) {
    std::string out;
    for (const std::string& line : wrap(text, kHelpWidth)) out += line + '\n';
    return out;
  }
};

// The sub-command the words got as far as; the program itself when none.
const CLI::App& deepest(const CLI::App& app) {
  const CLI::App* here = &app;
  while (!here->get_subcommands().empty()) here = here->get_subcommands().front();
  return *here;
}

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  return names;
}

std::vector<std::string> flag_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

/// As it is typed: "fude lora merge".
std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? "fude" : full_name(*parent) + " " + command.get_name();
}

std::string unknown_word(const CLI::App& command, std::string_view word) {
  const bool is_flag = word.starts_with('-');
  const bool is_command = !is_flag && !command_names(command).empty();
  const std::vector<std::string> known = is_command ? command_names(command) : flag_names(command);
  const std::string hint = did_you_mean(word, std::vector<std::string_view>(known.begin(), known.end()));
  std::string text = fmt::format("unknown {} '{}'{}",
                                 is_flag      ? "flag"
                                 : is_command ? "command"
                                              : "argument",
                                 printable(word), hint);
  if (!hint.empty()) return text;
  if (is_flag || is_command) return text + ".";
  return text + ", more than the command takes: put words that belong together in \"quotes\".";
}

std::string first_line(std::string text) {
  text = text.substr(0, text.find('\n'));
  return printable(text, 400);
}

}  // namespace

void set_up_help(CLI::App& app) {
  app.name("fude");
  app.formatter(std::make_shared<Formatter>());
  app.set_help_flag("-h,--help", "print this help and stop");
}

std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = deepest(app);
  const std::string more = " See '" + full_name(command) + " --help'";
  const std::vector<std::string> rest = app.remaining(/*recurse=*/true);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !rest.empty()) {
    return unknown_word(command, rest.front()) + more;
  }
  if (const auto names = command_names(command);
      !names.empty() && dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) {
    if (!rest.empty()) return unknown_word(command, rest.front()) + more;
    return fmt::format("a command is missing, expected one of {}.{}", fmt::join(names, ", "), more);
  }
  return first_line(error.what()) + "." + more;
}

}  // namespace fude::apps
