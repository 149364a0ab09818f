#include "models/face_restoration/code_former.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/face_restoration/face_model_layout.h"
#include "models/face_restoration/load_face_models.h"
#include "tests/support/face_models.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

at::Tensor swish(const at::Tensor& x) { return x * at::sigmoid(x); }

at::Tensor grouped(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const at::Tensor groups = x.view({1, 32, -1});
  const at::Tensor mean = groups.mean(2, true), spread = (groups - mean).square().mean(2, true);
  const at::Tensor unit = ((groups - mean) / at::sqrt(spread + 1e-6)).view_as(x);
  return unit * file[name + ".weight"].view({1, -1, 1, 1}) + file[name + ".bias"].view({1, -1, 1, 1});
}

at::Tensor res(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const at::Tensor h = tests::conv(file, name + ".conv1", swish(grouped(file, name + ".norm1", x)));
  const bool widens = file.tensors().contains(name + ".conv_out.weight");
  return tests::conv(file, name + ".conv2", swish(grouped(file, name + ".norm2", h))) +
         (widens ? tests::conv(file, name + ".conv_out", x) : x);
}

at::Tensor attended(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const at::Tensor h = grouped(file, name + ".norm", x);
  const auto tokens = [&](const char* part) { return tests::conv(file, name + part, h).flatten(2)[0].t(); };
  const at::Tensor seen =
      tests::attention_by_pairs(tokens(".q"), tokens(".k"), tokens(".v"), [](int64_t, int64_t) { return 0.0; });
  return x + tests::conv(file, name + ".proj_out", seen.t().contiguous().view_as(x));
}

at::Tensor halved(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const at::Tensor framed = at::constant_pad_nd(x, {0, 1, 0, 1});
  return at::conv2d(framed, file[name + ".conv.weight"], file[name + ".conv.bias"], 2);
}

at::Tensor transformed(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const at::Tensor normed = tests::norm(file, name + ".norm1", x), placed = normed + file["position_emb"];
  const at::Tensor weight = file[name + ".self_attn.in_proj_weight"], bias = file[name + ".self_attn.in_proj_bias"];
  const auto part = [&](const at::Tensor& from, int64_t which) {
    return at::matmul(from, weight.narrow(0, 16 * which, 16).t()) + bias.narrow(0, 16 * which, 16);
  };
  const at::Tensor q = part(placed, 0), k = part(placed, 1), v = part(normed, 2);
  std::vector<at::Tensor> heads;
  for (int64_t head = 0; head < 8; ++head) {
    const auto of_head = [&](const at::Tensor& all) { return all.narrow(1, 2 * head, 2); };
    heads.push_back(
        tests::attention_by_pairs(of_head(q), of_head(k), of_head(v), [](int64_t, int64_t) { return 0.0; }));
  }
  const at::Tensor h = x + tests::linear(file, name + ".self_attn.out_proj", at::cat(heads, 1));
  const at::Tensor wide = tests::gelu(tests::linear(file, name + ".linear1", tests::norm(file, name + ".norm2", h)));
  return h + tests::linear(file, name + ".linear2", wide);
}

at::Tensor restyled(const at::Tensor& codes, const at::Tensor& features) {
  at::Tensor result = at::zeros_like(codes);
  for (int64_t channel = 0; channel < codes.size(1); ++channel) {
    const at::Tensor a = codes[0][channel], b = features[0][channel];
    result[0][channel] = (a - a.mean()) / at::sqrt(a.var() + 1e-5) * at::sqrt(b.var() + 1e-5) + b.mean();
  }
  return result;
}

// The networks of the paper's figure 4, block by block.
at::Tensor by_definition(const MadeUpFile& file, const at::Tensor& face, double fidelity) {
  at::Tensor x = res(file, "encoder.blocks.1", tests::conv(file, "encoder.blocks.0", face));
  const at::Tensor seen = res(file, "encoder.blocks.3", halved(file, "encoder.blocks.2", x));
  x = attended(file, "encoder.blocks.6", res(file, "encoder.blocks.5", halved(file, "encoder.blocks.4", seen)));
  const at::Tensor features = tests::conv(file, "encoder.blocks.8", grouped(file, "encoder.blocks.7", x));
  at::Tensor tokens = tests::linear(file, "feat_emb", features.flatten(2)[0].t());
  tokens = transformed(file, "ft_layers.1", transformed(file, "ft_layers.0", tokens));
  const at::Tensor scores =
      at::matmul(tests::norm(file, "idx_pred_layer.0", tokens), file["idx_pred_layer.1.weight"].t());
  const at::Tensor codes = file["quantize.embedding.weight"].index_select(0, scores.argmax(1));
  x = restyled(codes.t().contiguous().view({1, 8, 4, 4}), features);
  x = attended(file, "generator.blocks.2", res(file, "generator.blocks.1", tests::conv(file, "generator.blocks.0", x)));
  x = res(file, "generator.blocks.4", tests::conv(file, "generator.blocks.3.conv", tests::doubled(x)));
  const std::string fusion = "fuse_convs_dict.8.";
  const at::Tensor both = res(file, fusion + "encode_enc", at::cat({seen, x}, 1));
  const auto branch = [&](const std::string& name) {
    return tests::conv(file, fusion + name + ".2", tests::leaky(tests::conv(file, fusion + name + ".0", both), 0.2));
  };
  x = x + fidelity * (x * branch("scale") + branch("shift"));
  x = res(file, "generator.blocks.6", tests::conv(file, "generator.blocks.5.conv", tests::doubled(x)));
  return tests::conv(file, "generator.blocks.8", grouped(file, "generator.blocks.7", x));
}

at::Tensor restored(const MadeUpFile& file, const at::Tensor& face, double fidelity) {
  return load_face_restorer(file.open(), at::kCPU)->restore(face, fidelity);
}

at::Tensor made_up_face() { return tests::made_up_picture(16, 16) * 2 - 1; }

TEST(CodeFormer, ComputesWhatItsPaperSays) {
  const MadeUpFile file = tests::tiny_code_former();
  for (const double fidelity : {0.0, 0.5, 1.0}) {
    EXPECT_TRUE(
        tests::close_to(restored(file, made_up_face(), fidelity), by_definition(file, made_up_face(), fidelity), 1e-4))
        << fidelity;
  }
}

TEST(CodeFormer, LooksAtTheEncoderOnlyForFidelity) {
  MadeUpFile other = tests::tiny_code_former();
  other.put("fuse_convs_dict.8.shift.2.bias", at::full({64}, 3.0F));
  const MadeUpFile file = tests::tiny_code_former();
  EXPECT_TRUE(at::equal(restored(other, made_up_face(), 0), restored(file, made_up_face(), 0)));
  EXPECT_FALSE(at::equal(restored(other, made_up_face(), 0.1), restored(file, made_up_face(), 0.1)));
}

TEST(CodeFormer, ReadsThePublishedLayout) {
  MadeUpFile published;
  const MadeUpFile file = tests::tiny_code_former();
  for (const auto& [name, tensor] : file.tensors()) published.put("params_ema." + name, tensor);
  EXPECT_TRUE(at::equal(restored(published, made_up_face(), 0.5), restored(file, made_up_face(), 0.5)));
}

// With silent transformer layers the foreseen code is the largest number of what the encoder gives.
TEST(CodeFormer, ForeseesACodeForEachPlace) {
  MadeUpFile file = tests::tiny_code_former();
  for (const char* name : {"ft_layers.0.self_attn.out_proj", "ft_layers.0.linear2", "ft_layers.1.self_attn.out_proj",
                           "ft_layers.1.linear2"}) {
    file.put(std::string(name) + ".weight", at::zeros_like(file[std::string(name) + ".weight"]));
    file.put(std::string(name) + ".bias", at::zeros({16}));
  }
  file.put("feat_emb.weight", at::eye(16, 8)).put("feat_emb.bias", at::zeros({16}));
  file.put("idx_pred_layer.0.weight", at::ones({16})).put("idx_pred_layer.0.bias", at::zeros({16}));
  file.put("idx_pred_layer.1.weight", at::eye(12, 16));
  const FaceModelLayout layout{.family = FaceModelFamily::kCodeFormer, .prefix = ""};
  const io::TensorFile plain = with_canonical_names(file.open(), layout);
  const weights::TensorIndex index = weights::index_of(plain);
  weights::StateDict weights(plain, at::kFloat);
  const CodeFormer network(weights.root(), index, infer_code_former_config(index));
  at::Tensor features = at::zeros({1, 8, 4, 4});
  std::vector<int64_t> expected;
  for (int64_t place = 0; place < 16; ++place) {
    expected.push_back((5 * place + 3) % 8);
    features[0][expected.back()][place / 4][place % 4] = 1;
  }
  EXPECT_TRUE(at::equal(network.foreseen_codes(features), at::tensor(expected)));
}

TEST(CodeFormer, InfersItsShape) {
  const CodeFormerConfig expected{.width = 16, .hidden = 24, .layers = 2, .codes = 12, .code_width = 8, .side = 4};
  EXPECT_EQ(infer_code_former_config(weights::index_of(tests::tiny_code_former().open())), expected);
  EXPECT_EQ(load_face_restorer(tests::tiny_code_former().open(), at::kCPU)->side(), tests::kTinyFaceSide);
}

TEST(CodeFormer, RefusesShapesThatDoNotFit) {
  const auto refused = [](MadeUpFile file, ErrorCode code) {
    return tests::refusal(code, [&] { load_face_restorer(file.open(), at::kCPU); });
  };
  EXPECT_NE(refused(tests::tiny_code_former().put("position_emb", at::zeros({15, 16})), ErrorCode::kUnsupportedModel)
                .find("15 places"),
            std::string::npos);
  EXPECT_NE(
      refused(tests::tiny_code_former().put("generator.blocks.3.conv.bias", at::zeros({3})), ErrorCode::kCorruptFile)
          .find("generator.blocks.3.conv.bias"),
      std::string::npos);
  EXPECT_NE(refused(tests::tiny_code_former().put("surplus.weight", at::zeros({3})), ErrorCode::kUnsupportedModel)
                .find("surplus.weight"),
            std::string::npos);
  MadeUpFile narrow = tests::tiny_code_former();
  narrow.add_norm("encoder.blocks.7", 16);
  refused(narrow, ErrorCode::kCorruptFile);
}

TEST(WithStatisticsOf, MovesMeanAndSpread) {
  const at::Tensor features = at::tensor({0.0F, 2.0F}).view({1, 1, 1, 2});
  const at::Tensor style = at::tensor({10.0F, 18.0F}).view({1, 1, 1, 2});
  EXPECT_TRUE(tests::close_to(with_statistics_of(features, style), style, 1e-3));
}

}  // namespace
}  // namespace fude::models
