#pragma once

#include <filesystem>

#include "io/safetensors_writer.h"
#include "tests/support/face_models.h"
#include "tests/support/temporary_folder.h"

namespace fude::tests {

/// A data folder with tiny networks about faces, which goes away with the test: a detector for which red is a face, a
/// parser for which all of a face is skin, a CodeFormer and two GFPGANs.
class FacesFolder {
 public:
  FacesFolder() {
    write(red_spot_detector(), "GFPGAN/detector.safetensors");
    write(one_class_parser(1), "GFPGAN/parser.safetensors");
    write(tiny_gfpgan(), "GFPGAN/a.safetensors");
    write(tiny_gfpgan(), "GFPGAN/b.safetensors");
    write(tiny_code_former(), "Codeformer/any name.safetensors");
  }

  const std::filesystem::path& data_dir() const { return folder_.path(); }
  std::filesystem::path models() const { return folder_.path() / "models"; }

 private:
  void write(const MadeUpFile& file, const std::string& place) const {
    std::filesystem::create_directories((models() / place).parent_path());
    io::write_safetensors(models() / place, file.tensors());
  }

  TemporaryFolder folder_;
};

}  // namespace fude::tests
