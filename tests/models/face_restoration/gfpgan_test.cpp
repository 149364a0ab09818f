#include "models/face_restoration/gfpgan.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/face_restoration/load_face_models.h"
#include "tests/support/face_models.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

// Every pixel by its distance from the four centres around it.
at::Tensor resized(const at::Tensor& x, int64_t side) {
  const int64_t from = x.size(2);
  const double step = static_cast<double>(from) / static_cast<double>(side);
  at::Tensor matrix = at::zeros({side, from});
  for (int64_t i = 0; i < side; ++i) {
    const double place = std::max(0.0, (static_cast<double>(i) + 0.5) * step - 0.5);
    const auto below = static_cast<int64_t>(place);
    const double share = place - static_cast<double>(below);
    matrix[i][below] += 1 - share;
    matrix[i][std::min(below + 1, from - 1)] += share;
  }
  return at::einsum("ij,bcjk,lk->bcil", {matrix, x, matrix});
}

at::Tensor face_res(const MadeUpFile& file, const std::string& name, const at::Tensor& x, int64_t side) {
  const at::Tensor h = resized(tests::leaky(tests::conv(file, name + ".conv1", x), 0.2), side);
  return tests::leaky(tests::conv(file, name + ".conv2", h), 0.2) +
         at::conv2d(resized(x, side), file[name + ".skip.weight"]);
}

// Weights modulated and brought to unit length, then a plain convolution.
at::Tensor modulated(const MadeUpFile& file, const std::string& name, const at::Tensor& x, const at::Tensor& style,
                     bool is_demodulated) {
  const at::Tensor factors = tests::linear(file, name + ".modulated_conv.modulation", style);
  at::Tensor weight = file[name + ".modulated_conv.weight"][0] * factors.view({1, -1, 1, 1});
  if (is_demodulated) weight = weight / at::sqrt(weight.square().sum({1, 2, 3}, true) + 1e-8);
  return at::conv2d(x, weight, {}, 1, weight.size(2) / 2);
}

at::Tensor styled(const MadeUpFile& file, const std::string& name, const at::Tensor& x, const at::Tensor& style,
                  const at::Tensor& noise) {
  const at::Tensor h = modulated(file, name, x, style, true) * std::sqrt(2.0);
  return tests::leaky(h + file[name + ".weight"] * noise + file[name + ".bias"], 0.2);
}

at::Tensor condition(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  return tests::conv(file, name + ".2", tests::leaky(tests::conv(file, name + ".0", x), 0.2));
}

at::Tensor by_definition(const MadeUpFile& file, const at::Tensor& face) {
  const at::Tensor begin = tests::leaky(tests::conv(file, "conv_body_first", face), 0.2);
  const at::Tensor at8 = face_res(file, "conv_body_down.0", begin, 8), at4 = face_res(file, "conv_body_down.1", at8, 4);
  const at::Tensor middle = tests::leaky(tests::conv(file, "final_conv", at4), 0.2);
  const at::Tensor styles = tests::linear(file, "final_linear", middle.contiguous().view({1, -1})).view({6, 6});
  const at::Tensor up8 = face_res(file, "conv_body_up.0", middle + at4, 8);
  const at::Tensor up16 = face_res(file, "conv_body_up.1", up8 + at8, 16);
  const std::string decoder = "stylegan_decoder.";
  const auto noise = [&](int layer) { return file[decoder + "noises.noise" + std::to_string(layer)]; };
  at::Tensor h = styled(file, decoder + "style_conv1", file[decoder + "constant_input.weight"], styles[0], noise(0));
  at::Tensor colours = modulated(file, decoder + "to_rgb1", h, styles[1], false) + file[decoder + "to_rgb1.bias"];
  for (int i = 0; i < 2; ++i) {
    const at::Tensor& from = i == 0 ? up8 : up16;
    const int64_t side = from.size(2);
    const std::string number = std::to_string(i), rgb = decoder + "to_rgbs." + number;
    h = styled(file, decoder + "style_convs." + std::to_string(2 * i), resized(h, side), styles[2 * i + 1],
               noise(2 * i + 1));
    const int64_t half = h.size(1) / 2;
    const at::Tensor turned = h.narrow(1, half, half) * condition(file, "condition_scale." + number, from) +
                              condition(file, "condition_shift." + number, from);
    h = styled(file, decoder + "style_convs." + std::to_string(2 * i + 1), at::cat({h.narrow(1, 0, half), turned}, 1),
               styles[2 * i + 2], noise(2 * i + 2));
    colours = modulated(file, rgb, h, styles[2 * i + 3], false) + file[rgb + ".bias"] + resized(colours, side);
  }
  return colours;
}

at::Tensor made_up_face() { return tests::made_up_picture(16, 16) * 2 - 1; }

TEST(Gfpgan, ComputesWhatItsPaperSays) {
  const MadeUpFile file = tests::tiny_gfpgan();
  const auto network = load_face_restorer(file.open(), at::kCPU);
  EXPECT_EQ(network->family(), "GFPGAN");
  EXPECT_EQ(network->side(), tests::kTinyFaceSide);
  EXPECT_TRUE(tests::close_to(network->restore(made_up_face(), 0), by_definition(file, made_up_face()), 1e-4));
}

TEST(Gfpgan, GivesTheSameEachTime) {
  const auto network = load_face_restorer(tests::tiny_gfpgan().open(), at::kCPU);
  EXPECT_TRUE(at::equal(network->restore(made_up_face(), 0), network->restore(made_up_face(), 1)));
}

TEST(Gfpgan, PrefersAveragedWeights) {
  MadeUpFile both;
  const MadeUpFile file = tests::tiny_gfpgan();
  for (const auto& [name, tensor] : file.tensors())
    both.put("params_ema." + name, tensor).put("params." + name, at::zeros_like(tensor));
  EXPECT_TRUE(at::equal(load_face_restorer(both.open(), at::kCPU)->restore(made_up_face(), 0),
                        load_face_restorer(file.open(), at::kCPU)->restore(made_up_face(), 0)));
}

TEST(Gfpgan, RefusesOtherVersions) {
  MadeUpFile whole = tests::tiny_gfpgan();
  whole.add_conv("condition_scale.1.2", 3, 4).add_conv("condition_shift.1.2", 3, 4);
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_face_restorer(whole.open(), at::kCPU); })
                .find("scales 4 of 4 channels"),
            std::string::npos);
  MadeUpFile one_style = tests::tiny_gfpgan();
  one_style.add_linear("final_linear", 64, 6);
  tests::refusal(ErrorCode::kCorruptFile, [&] { load_face_restorer(one_style.open(), at::kCPU); });
}

}  // namespace
}  // namespace fude::models
