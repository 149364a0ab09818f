#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>

#include "core/platform/atomic_file.h"
#include "pipelines/generation_request.h"
#include "prompt/styles.h"
#include "prompt/wildcards.h"
#include "server/api_routes.h"
#include "server/confined_file.h"
#include "server/error_response.h"
#include "server/json_body.h"
#include "service/studio.h"

namespace fude::server {
namespace {

namespace fs = std::filesystem;
using prompt::Style;
using service::Studio;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  platform::AtomicFile file(path);
  file.write(text);
  file.commit();
}

/// The user's styles.csv. Changes read and write the whole file, so one waits for the other.
class StyleFile {
 public:
  explicit StyleFile(fs::path path) : path_(std::move(path)) {}

  Response list() const {
    Json styles = Json::array();
    for (const Style& style : load()) {
      if (!style.is_divider) styles.push_back(style_json(style));
    }
    return json_response({{"styles", std::move(styles)}});
  }

  Response save(const Request& request) {
    const JsonObject body = json_body(request, {"prompt", "negative_prompt"});
    body.allow_only({"name", "prompt", "negative_prompt"});
    const Style style{.name = request.parts.at("name"),
                      .prompt = *body.text("prompt", pipelines::kLongestPrompt),
                      .negative = *body.text("negative_prompt", pipelines::kLongestPrompt)};
    if (style.name.size() > 800 || style.name.starts_with('#') || style.name == "None") {
      throw HttpError(400, "name is no name for a style: it begins with #, is 'None' or is longer than 200 characters",
                      "name");
    }
    const std::lock_guard guard(lock_);
    std::vector<Style> styles = load();
    const auto found = std::ranges::find(styles, style.name, &Style::name);
    if (found != styles.end()) {
      *found = style;
    } else {
      styles.push_back(style);
    }
    store(styles);
    return json_response(style_json(style));
  }

  Response remove(const Request& request) {
    const std::string& name = request.parts.at("name");
    const std::lock_guard guard(lock_);
    std::vector<Style> styles = load();
    if (std::erase_if(styles, [&](const Style& style) { return style.name == name; }) == 0) {
      fail(ErrorCode::kNotFound, "there is no style '{}'", printable(name));
    }
    store(styles);
    return json_response(Json::object());
  }

 private:
  static Json style_json(const Style& style) {
    return {{"name", style.name}, {"prompt", style.prompt}, {"negative_prompt", style.negative}};
  }
  std::vector<Style> load() const { return prompt::load_styles(std::span(&path_, 1)); }
  void store(const std::vector<Style>& styles) const {
    fs::create_directories(path_.parent_path());
    prompt::save_styles(path_, styles);
  }

  fs::path path_;
  std::mutex lock_;
};

// Lists behind a link that leads out are read, but not changed from here.
bool is_editable(const fs::path& folder, const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && is_confined(folder, file);
}

Response list_wildcards(const fs::path& folder) {
  prompt::Wildcards wildcards = prompt::Wildcards::in_folder(folder);
  Json list = Json::array();
  for (const std::string& name : wildcards.names()) {
    list.push_back({{"name", name},
                    {"count", wildcards.values(name).size()},
                    {"editable", is_editable(folder, folder / (name + ".txt"))}});
  }
  return json_response({{"wildcards", std::move(list)}});
}

Json wildcard_json(const std::string& name, const std::string& text, bool is_editable) {
  return {{"name", name}, {"text", text}, {"editable", is_editable}};
}

Response get_wildcard(const fs::path& folder, const std::string& name) {
  const fs::path file = file_below(folder, name, ".txt");
  std::error_code ignored;
  if (fs::is_regular_file(file, ignored)) {
    return json_response(wildcard_json(name, read_file(file), is_editable(folder, file)));
  }
  std::string text;
  prompt::Wildcards wildcards = prompt::Wildcards::in_folder(folder);
  const std::vector<std::string> names = wildcards.names();
  if (std::ranges::find(names, name) == names.end()) {
    fail(ErrorCode::kNotFound, "there is no wildcard '{}'", printable(name));
  }
  for (const prompt::WildcardValue& value : wildcards.values(name)) text += value.text + '\n';
  return json_response(wildcard_json(name, text, false));
}

Response save_wildcard(const fs::path& folder, const Request& request) {
  const JsonObject body = json_body(request, {"text"});
  body.allow_only({"name", "text"});
  const std::string& name = request.parts.at("name");
  const std::string text = *body.text("text", 5'000'000);
  write_file(confined_file(folder, name, ".txt"), text);
  return json_response(wildcard_json(name, text, true));
}

Response delete_wildcard(const fs::path& folder, const std::string& name) {
  const fs::path file = confined_file(folder, name, ".txt");
  std::error_code problem;
  if (!fs::is_regular_file(file, problem)) fail(ErrorCode::kNotFound, "there is no wildcard '{}'", printable(name));
  if (!fs::remove(file, problem)) {
    fail(ErrorCode::kInvalidArgument, "wildcard '{}' cannot be deleted: {}", printable(name), problem.message());
  }
  return json_response(Json::object());
}

Response list_tag_files(const fs::path& folder) {
  Json files = Json::array();
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing)) {
    std::error_code ignored;
    if (entry.path().extension() != ".csv" || !entry.is_regular_file(ignored)) continue;
    files.push_back({{"name", entry.path().stem().string()}, {"byte_count", entry.file_size(ignored)}});
  }
  std::sort(files.begin(), files.end(), [](const Json& a, const Json& b) { return a["name"] < b["name"]; });
  return json_response({{"files", std::move(files)}});
}

Response get_tag_file(const fs::path& folder, const std::string& name) {
  const fs::path file = file_below(folder, name, ".csv");
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) fail(ErrorCode::kNotFound, "there is no tag list '{}'", printable(name));
  return {.content_type = "text/csv; charset=utf-8", .headers = {{"Cache-Control", "no-cache"}}, .file = file};
}

}  // namespace

void add_style_routes(Router& router, Studio& studio) {
  const auto styles = std::make_shared<StyleFile>(studio.options().data_dir / "styles.csv");
  router.add("GET", "/api/v1/styles", [styles](const Request&) { return styles->list(); });
  router.add("PUT", "/api/v1/styles/{name}", [styles](const Request& request) { return styles->save(request); });
  router.add("DELETE", "/api/v1/styles/{name}", [styles](const Request& request) { return styles->remove(request); });
}

void add_wildcard_routes(Router& router, Studio& studio) {
  const fs::path folder = studio.options().data_dir / "wildcards";
  router.add("GET", "/api/v1/wildcards", [folder](const Request&) { return list_wildcards(folder); });
  router.add("GET", "/api/v1/wildcards/{name}",
             [folder](const Request& request) { return get_wildcard(folder, request.parts.at("name")); });
  router.add("PUT", "/api/v1/wildcards/{name}",
             [folder](const Request& request) { return save_wildcard(folder, request); });
  router.add("DELETE", "/api/v1/wildcards/{name}",
             [folder](const Request& request) { return delete_wildcard(folder, request.parts.at("name")); });
}

void add_tag_routes(Router& router, Studio& studio) {
  const fs::path folder = studio.options().data_dir / "tags";
  router.add("GET", "/api/v1/tags", [folder](const Request&) { return list_tag_files(folder); });
  router.add("GET", "/api/v1/tags/{name}",
             [folder](const Request& request) { return get_tag_file(folder, request.parts.at("name")); });
}

}  // namespace fude::server
