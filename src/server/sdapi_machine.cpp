#include <algorithm>
#include <array>
#include <filesystem>

#include "core/platform/memory.h"
#include "server/error_response.h"
#include "server/sdapi_routes.h"
#include "server/web_ui_route.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using Ordered = nlohmann::ordered_json;
using service::Studio;

Ordered memory(const Studio& studio) {
  const std::uint64_t used = platform::resident_memory();
  const std::uint64_t free = platform::available_memory().value_or(0);
  const std::uint64_t total = std::max(platform::total_memory().value_or(0), used);
  const std::string device = studio.device_name();
  const bool has_card = device.starts_with("cuda");
  return {{"ram", {{"free", free}, {"used", used}, {"total", total}}},
          {"cuda", {{"error", has_card ? "not told for '" + device + "'" : "unavailable"}}}};
}

// Flags of the web UI that programs look for, with what they are here.
Ordered cmd_flags(const Studio& studio, const Ordered& flags) {
  const std::filesystem::path data = studio.options().data_dir, models = data / "models";
  Ordered all{{"data_dir", data.string()},
              {"models_dir", models.string()},
              {"ckpt_dir", (models / "Stable-diffusion").string()},
              {"vae_dir", (models / "VAE").string()},
              {"lora_dir", (models / "Lora").string()},
              {"embeddings_dir", (models / "embeddings").string()},
              {"hypernetwork_dir", (models / "hypernetworks").string()},
              {"styles_file", Ordered::array({(data / "styles.csv").string()})},
              {"device", studio.device_name()},
              {"precision", studio.precision_name()},
              {"api", true}};
  for (const auto& [name, value] : flags.items()) all[name] = value;
  return all;
}

void add_ending(Router& router, const char* path, const char* words, const std::function<void()>& end) {
  add_web_ui_route(router, "POST", path, [words, end](const Request&) {
    if (!end) throw HttpError(403, "programs may not end this server: it was started without --api-server-stop");
    end();
    return Response{.status = 200, .body = words, .content_type = "text/plain; charset=utf-8"};
  });
}

}  // namespace

void add_sdapi_machine(Router& router, Studio& studio, const SdapiOptions& options) {
  add_web_ui_route(router, "GET", "/sdapi/v1/memory",
                   [&studio](const Request&) { return ordered_response(memory(studio)); });
  add_web_ui_route(router, "GET", "/sdapi/v1/cmd-flags", [&studio, flags = options.flags](const Request&) {
    return ordered_response(cmd_flags(studio, flags));
  });
  add_ending(router, "/sdapi/v1/server-stop", "Stopping.", options.stop);
  add_ending(router, "/sdapi/v1/server-kill", "Stopping.", options.stop);
  add_ending(router, "/sdapi/v1/server-restart", "Restarting.", options.restart);
}

}  // namespace fude::server
