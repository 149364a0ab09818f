#include <algorithm>

#include "server/api_routes.h"
#include "server/confined_file.h"
#include "server/error_response.h"
#include "server/json_body.h"
#include "server/request_target.h"
#include "service/kept_pictures.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using service::Studio;

constexpr std::string_view kEnding = ".zip";

std::vector<service::PictureId> ids_of(const JsonObject& body) {
  const auto numbers = body.numbers("pictures", service::kMostKept, 1, 9007199254740991.0);
  std::vector<service::PictureId> ids;
  for (const double number : numbers.value_or(std::vector<double>{})) {
    ids.push_back(static_cast<service::PictureId>(number));
  }
  return ids;
}

Response save(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request, {"pictures"});
  body.allow_only({"pictures", "zip"});
  const service::KeptPictures kept = service::keep_pictures(
      studio.gallery(), studio.settings(), studio.options().data_dir, ids_of(body), body.truth("zip").value_or(false));
  Json json{{"folder", kept.folder.lexically_relative(studio.options().data_dir).generic_string()},
            {"files", kept.files}};
  if (!kept.zip.empty()) json["zip"] = kept.zip;
  return json_response(json, 201);
}

[[noreturn]] void refuse(const std::string& name) {
  fail(ErrorCode::kNotFound, "there is no archive '{}'", printable(name, 100));
}

// Archives only: the pictures themselves are those of the gallery.
Response archive(Studio& studio, const Request& request) {
  const std::string& name = request.parts.at("name");
  const std::filesystem::path folder = service::keeping_folder(studio.settings(), studio.options().data_dir);
  const std::string_view stem = std::string_view(name).substr(0, name.size() - std::min(name.size(), kEnding.size()));
  if (stem.empty() || !name.ends_with(kEnding)) refuse(name);
  const std::filesystem::path file = confined_file(folder, stem, kEnding);
  if (std::error_code unknown; !std::filesystem::is_regular_file(file, unknown)) refuse(name);
  return {.content_type = "application/zip",
          .headers = {{"Content-Disposition", "attachment; filename*=UTF-8''" + percent_encoded(name)}},
          .file = file};
}

}  // namespace

void add_keeping_routes(Router& router, Studio& studio) {
  router.add("POST", "/api/v1/pictures/save", [&](const Request& request) { return save(studio, request); });
  router.add("GET", "/api/v1/archives/{name}", [&](const Request& request) { return archive(studio, request); });
}

}  // namespace fude::server
