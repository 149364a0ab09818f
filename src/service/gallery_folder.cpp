#include "service/gallery_folder.h"

#include <system_error>

#include "core/error.h"
#include "core/unicode.h"
#include "service/ids.h"
#include "service/picture_file.h"

namespace fude::service {

bool is_in_bin(std::string_view file) { return file.starts_with(kBin) && file.substr(kBin.size()).starts_with('/'); }

std::string name_in_bin(std::string_view file) { return fmt::format("{}/{}", kBin, file); }

std::string name_out_of_bin(std::string_view file) {
  return std::string(is_in_bin(file) ? file.substr(kBin.size() + 1) : file);
}

std::string numbered_name(std::string_view file, int attempt) {
  if (attempt < 2) return std::string(file);
  const std::filesystem::path path(file);
  const std::string name = fmt::format("{} ({}){}", path.stem().string(), attempt, path.extension().string());
  return (path.parent_path() / name).generic_string();
}

std::string name_within(const std::filesystem::path& folder, const std::filesystem::path& file) {
  std::error_code failure;
  const std::filesystem::path real = std::filesystem::canonical(file, failure);
  if (failure) fail(ErrorCode::kNotFound, "file '{}' does not exist", printable(file.filename().string()));
  const std::string name = real.lexically_relative(folder).generic_string();
  if (name.empty() || name == "." || name == ".." || name.starts_with("../")) {
    fail(ErrorCode::kInvalidArgument, "file '{}' does not lie in the outputs folder",
         printable(file.filename().string()));
  }
  if (encode_utf8(decode_utf8(name)) != name) {
    fail(ErrorCode::kInvalidArgument, "the name of file '{}' is not UTF-8", printable(name));
  }
  return name;
}

PictureRow read_picture_row(const std::filesystem::path& folder, const std::string& file) {
  const std::filesystem::path path = folder / file;
  PictureRow row;
  row.modified_at = modified_at(path);  // before it is read: a change in between shows in the next scan
  row.sidecar_at = modified_at(sidecar_of(path));
  row.picture = read_picture_file(path);
  row.picture.file = file;
  Sidecar sidecar = read_sidecar(path);
  row.picture.tags = std::move(sidecar.tags);
  row.picture.rating = sidecar.rating;
  row.picture.note = std::move(sidecar.note);
  if (is_in_bin(file)) row.picture.deleted_at = now();
  return row;
}

}  // namespace fude::service
