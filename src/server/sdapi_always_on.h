#pragma once

#include <span>
#include <string_view>

#include "server/json_body.h"
#include "server/sdapi_tab.h"

namespace fude::server {

/// Checks what `script_name` and `alwayson_scripts` of a body ask for and takes them and `script_args` away.
/// "Soft Inpainting" becomes the request's own members; other scripts that always run may be named when they are
/// switched off. Throws HttpError: 422 for scripts that do not exist in this tab, 501 for those that the web UI's users
/// have and Fude has not, 400 for members of another kind.
void read_scripts(Json& request, Tab tab);

/// The title of the one script that always runs and is known, in lower case, and its arguments for script-info.
inline constexpr std::string_view kSoftInpainting = "soft inpainting";
struct AlwaysOnArgument {
  std::string_view member;  // of the request
  std::string_view label;
  double value;  // default
  double minimum, maximum;
};
std::span<const AlwaysOnArgument> soft_inpainting_arguments();

}  // namespace fude::server
