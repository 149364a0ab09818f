#include "settings_flag.h"

#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/nearest_name.h"
#include "pipelines/request_fields.h"

namespace fude::apps {
namespace {

[[noreturn]] void refuse_setting(std::string_view id) {
  std::vector<std::string_view> known;
  for (const pipelines::RequestField& field : pipelines::request_fields()) {
    if (!field.setting.empty()) known.push_back(field.setting);
  }
  fail(ErrorCode::kInvalidArgument, "unknown setting '{}'{}", printable(id), did_you_mean(id, known));
}

}  // namespace

void apply_settings(pipelines::GenerationRequest& request, std::span<const std::string> settings) {
  for (const std::string_view setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == setting.npos) {
      fail(ErrorCode::kInvalidArgument, "--set is '{}', expected ID=VALUE", printable(setting));
    }
    const std::string_view id = setting.substr(0, equals);
    const pipelines::RequestField* field = pipelines::find_setting(id);
    if (field == nullptr) refuse_setting(id);
    set_field_text(request, *field, setting.substr(equals + 1));
  }
}

}  // namespace fude::apps
