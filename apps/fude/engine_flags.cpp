#include "engine_flags.h"

#include <ATen/Parallel.h>

#include <charconv>

#include "core/error.h"

namespace fude::apps {
namespace {

at::Device parse_device(const std::string& name) {
  if (name == "auto") return at::hasCUDA() ? at::Device(at::kCUDA, 0) : at::Device(at::kCPU);
  if (name == "cpu") return at::kCPU;
  if (!at::hasCUDA()) {
    fail(ErrorCode::kInvalidArgument, "--device is '{}', but this build or machine has no CUDA device; use cpu", name);
  }
  int number = 0;
  if (name.size() > 5) std::from_chars(name.data() + 5, name.data() + name.size(), number);
  return at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(number));
}

// On a GPU half precision is what everybody uses. On a CPU, single precision is the sound choice.
at::ScalarType parse_precision(const std::string& name, at::Device device) {
  if (name == "fp32") return at::kFloat;
  if (name == "bf16") return at::kBFloat16;
  if (name == "fp16") {
    if (device.is_cpu()) {
      fail(ErrorCode::kInvalidArgument, "--precision fp16 needs a GPU, expected fp32 or bf16 on a CPU");
    }
    return at::kHalf;
  }
  return device.is_cpu() ? at::kFloat : at::kHalf;
}

}  // namespace

EngineFlags::EngineFlags(CLI::App& command) {
  command.add_option("--device", device_, "what to compute on: cpu, cuda, cuda:N or auto (default)")
      ->type_name("NAME")
      ->check([](const std::string& name) -> std::string {
        const bool is_number = name.starts_with("cuda:") && name.size() > 5 && name.size() < 8 &&
                               name.find_first_not_of("0123456789", 5) == std::string::npos;
        if (name == "auto" || name == "cpu" || name == "cuda" || is_number) return {};
        return "'" + printable(name) + "' is no device, expected cpu, cuda, cuda:N or auto";
      });
  command
      .add_option("--precision", precision_,
                  "number format of the networks: fp32, bf16, fp16 (GPU only) or auto (default: fp32 on a CPU, "
                  "fp16 on a GPU)")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "fp32", "bf16", "fp16"}).description(""));
  command.add_option("--threads", threads_, "processor threads to use, 1..1024 (default: one per core)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024).description(""));
}

pipelines::EngineOptions EngineFlags::apply() const {
  if (threads_ > 0) at::set_num_threads(threads_);
  const at::Device device = parse_device(device_);
  return {.type = parse_precision(precision_, device), .device = device};
}

}  // namespace fude::apps
