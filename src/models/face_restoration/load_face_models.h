#pragma once

#include <memory>
#include <string_view>

#include "io/tensor_file.h"
#include "models/face_restoration/face_restorer.h"
#include "models/face_restoration/parse_net.h"
#include "models/face_restoration/retina_face.h"
#include "weights/tensor_index.h"

namespace fude::models {

/// "CodeFormer", "GFPGAN", "RetinaFace" or "ParseNet" for a file (with its own names) of a network that is loaded here;
/// empty for others.
std::string_view face_model_family(const weights::TensorIndex& index);

/// Networks about faces, by the tensors of their published files (codeformer-v0.1.0.pth, GFPGANv1.4.pth,
/// detection_Resnet50_Final.pth, parsing_parsenet.pth); name and place do not matter. All compute in fp32, in which
/// they were published: a code more or less is another face. Throw Error(kUnsupportedModel) for networks of other kinds
/// and for tensors without a place, Error(kCorruptFile) for missing ones and other shapes.
std::unique_ptr<FaceRestorer> load_face_restorer(const io::TensorFile& file, at::Device device);
std::unique_ptr<RetinaFace> load_face_detector(const io::TensorFile& file, at::Device device);
std::unique_ptr<ParseNet> load_face_parser(const io::TensorFile& file, at::Device device);

}  // namespace fude::models
