#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/http_message.h"
#include "server/json_body.h"
#include "server/sdapi_tab.h"
#include "service/made_picture.h"
#include "service/studio.h"

namespace fude::server {

/// The web UI's scripts that Fude knows, by their titles in lower case, as /sdapi/v1/scripts lists them.
std::vector<std::string_view> script_titles(Tab tab);

/// What /sdapi/v1/script-info says of them, for one tab after the other: titles and arguments in the order of
/// `script_args`.
nlohmann::ordered_json script_info();

/// Whether there is such a script that `script_name` may name; case does not matter.
bool is_script(std::string_view title, Tab tab);

/// What the body asks for beside the request itself.
struct ScriptCall {
  std::string title;  // lower case
  Tab tab = Tab::kFromWords;
  Json arguments;  // a list; absent ones have the web UI's defaults
  bool saves_pictures = false;
  bool saves_grid = false;
};

/// Absent: script_name names none of them. Throws HttpError(422): script_args is no list.
std::optional<ScriptCall> read_script_call(const JsonObject& body, Tab tab);

/// What a script made: the pictures that its answer holds, grids first.
struct ScriptResult {
  std::vector<service::MadePicture> pictures;
  service::Job job;       // the last one
  std::size_t grids = 0;  // how many of the pictures are grids
  bool is_script = true;
};

/// Carries a script out: one job a cell, one after the other, waiting for each. `request` is what is left of the body
/// for Studio::submit. A cell that fails has its message in the grid; an interruption keeps what is done. Throws Error
/// as plan_comparison() and its kin, kCancelled when the client or the server is leaving; HttpError(422) for arguments
/// of a wrong kind.
ScriptResult run_script(service::Studio& studio, const ScriptCall& call, const Json& request, const Request& http);

}  // namespace fude::server
