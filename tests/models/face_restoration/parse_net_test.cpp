#include "models/face_restoration/parse_net.h"

#include <gtest/gtest.h>

#include "models/face_restoration/load_face_models.h"
#include "tests/support/face_models.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

at::Tensor mirrored_conv(const MadeUpFile& file, const std::string& name, const at::Tensor& x, int64_t stride = 1) {
  const auto bias = file.tensors().find(name + ".bias");
  return at::conv2d(at::reflection_pad2d(x, {1, 1, 1, 1}), file[name + ".weight"],
                    bias == file.tensors().end() ? at::Tensor() : bias->second, stride);
}

at::Tensor block(const MadeUpFile& file, const std::string& name, const at::Tensor& x, int64_t stride) {
  const auto normed = [&](const std::string& layer, const at::Tensor& from, int64_t by) {
    return tests::batch_norm(file, name + layer + ".norm.norm",
                             mirrored_conv(file, name + layer + ".conv2d", from, by));
  };
  const at::Tensor h = normed(".conv2", tests::leaky(normed(".conv1", x, 1), 0.2), stride);
  const bool has_shortcut = file.tensors().contains(name + ".shortcut_func.conv2d.weight");
  return h + (has_shortcut ? mirrored_conv(file, name + ".shortcut_func.conv2d", x, stride) : x);
}

TEST(ParseNet, ComputesWhatItsPaperSays) {
  const MadeUpFile file = tests::tiny_parse_net();
  const at::Tensor face = tests::made_up_picture(16, 16) * 2 - 1;
  at::Tensor h = mirrored_conv(file, "encoder.0.conv2d", face);
  h = block(file, "encoder.2", block(file, "encoder.1", h, 2), 2);
  h = h + block(file, "body.0", h, 1);
  h = block(file, "decoder.0", tests::doubled(h), 1);
  h = block(file, "decoder.1", tests::doubled(h), 1);
  const at::Tensor expected = mirrored_conv(file, "out_mask_conv.conv2d", h).argmax(1)[0];
  const at::Tensor classes = load_face_parser(file.open(), at::kCPU)->parse(face);
  EXPECT_TRUE(at::equal(classes, expected));
  EXPECT_GT(classes.max().item<int64_t>(), classes.min().item<int64_t>());
}

TEST(ParseNet, RefusesHalvingsWithoutDoublings) {
  MadeUpFile file;
  const MadeUpFile whole = tests::tiny_parse_net();
  for (const auto& [name, tensor] : whole.tensors())
    if (!name.starts_with("decoder.1.")) file.put(name, tensor);
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_face_parser(file.open(), at::kCPU); })
                .find("halves 2 times and doubles 1"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::models
