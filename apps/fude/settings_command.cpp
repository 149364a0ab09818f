#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>
#include <variant>

#include "command.h"
#include "core/ascii.h"
#include "core/error.h"
#include "pipelines/request_fields.h"
#include "text_rows.h"

namespace fude::apps {
namespace {

using pipelines::RequestField;

struct SettingsFlags {
  std::string word;
  bool wants_json = false;
};

bool speaks_of(const RequestField& field, const std::string& word) {
  return word.empty() || ascii_lower(field.setting).find(word) != std::string::npos ||
         ascii_lower(field.help).find(word) != std::string::npos || field.help_ja.find(word) != std::string_view::npos;
}

std::vector<const RequestField*> settings_with(const std::string& word) {
  std::vector<const RequestField*> found;
  for (const RequestField& field : pipelines::request_fields()) {
    if (!field.setting.empty() && speaks_of(field, ascii_lower(word))) found.push_back(&field);
  }
  std::ranges::sort(found, {}, &RequestField::setting);
  return found;
}

std::string settings_text(const std::vector<const RequestField*>& settings) {
  std::string out;
  for (const RequestField* field : settings) {
    const std::string range = describe_range(*field);
    append_row(out, field->setting, std::string(field->help) + (range.empty() ? "" : " (" + range + ")"),
               /*name_width=*/26);
  }
  return out;
}

nlohmann::ordered_json json_of(const pipelines::FieldValue& value) {
  return std::visit(
      [](const auto& known) -> nlohmann::ordered_json {
        if constexpr (std::is_same_v<std::decay_t<decltype(known)>, std::monostate>) {
          return nullptr;
        } else {
          return known;
        }
      },
      value);
}

std::string settings_json(const std::vector<const RequestField*>& settings) {
  const pipelines::GenerationRequest defaults;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const RequestField* field : settings) {
    nlohmann::ordered_json entry{{"id", field->setting},
                                 {"default", json_of(field_value(defaults, *field))},
                                 {"help", field->help},
                                 {"help_ja", field->help_ja}};
    if (!field->choices.empty()) entry["choices"] = field->choices;
    if (field->minimum != 0 || field->maximum != 0) {
      entry["minimum"] = field->minimum;
      entry["maximum"] = field->maximum;
    }
    list.push_back(std::move(entry));
  }
  return list.dump(2) + '\n';
}

void print_settings(const SettingsFlags& flags) {
  const auto settings = settings_with(flags.word);
  if (settings.empty()) {
    fail(ErrorCode::kInvalidArgument, "no setting speaks of '{}'; 'fude settings' lists them all",
         printable(flags.word, 60));
  }
  const std::string out = flags.wants_json ? settings_json(settings) : settings_text(settings);
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace

void add_settings_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("settings", "list what --set can change, with ranges and defaults");
  auto flags = std::make_shared<SettingsFlags>();
  command->add_option("WORD", flags->word, "only those whose id or help has this word");
  command->add_flag("--json", flags->wants_json,
                    "print a JSON list: id, default, help, help_ja, and choices or minimum and maximum");
  command->footer("Example:\n  fude settings guidance\n  fude txt2img \"1girl, sky\" --set pag_scale=3");
  command->callback([flags] { print_settings(*flags); });
}

}  // namespace fude::apps
