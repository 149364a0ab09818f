#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/comparison/axis_values.h"
#include "pipelines/request_fields.h"

namespace fude::pipelines::comparison {

/// What the values of an axis do to a request.
enum class AxisEffect {
  kNothing,        // one cell wide
  kField,          // set a member
  kSearchReplace,  // put a value in the place of the first one, in both prompts
  kPromptOrder,    // put fragments of the prompt in another order
  kStyles,         // "a, b": named styles beside the request's
  kSize,           // WxH
  kUnavailable,    // the web UI has this axis; the knob is not here (yet)
};

/// What legends say of a value.
enum class LegendStyle { kLabelled, kBare, kFileName };  // "Steps: 20", "Euler a", "model.safetensors"

/// One thing that can be varied.
struct Axis {
  std::string_view label;  // the web UI's, or what the picture's text calls the member
  AxisEffect effect = AxisEffect::kNothing;
  const RequestField* field = nullptr;  // kField
  ValueKind values = ValueKind::kText;
  double cost = 0;  // of going from one value to the next, 0..1
  LegendStyle legend = LegendStyle::kLabelled;
  bool is_in_text_to_image = true;   // offered for pictures made from words
  bool is_in_image_to_image = true;  // and for those made from pictures
};

/// Every axis: those of the web UI's X/Y/Z plot in its order, then every other knob of the request table.
std::span<const Axis> axes();

/// The web UI's places for `x_type`: its own list without the axes of the other tab, then the further ones.
std::vector<const Axis*> axes_of_tab(bool is_image_to_image);

/// Finds an axis by its label, its knob's name in a JSON body, settings id, infotext key or flag; case, spaces and
/// punctuation do not matter. Throws Error: kInvalidArgument for an unknown one (with the nearest), and for one whose
/// knob is not here.
const Axis& find_axis(std::string_view name);

/// Throws Error(kInvalidArgument) for an axis whose knob is not here.
void require_available(const Axis& axis);

/// "whole numbers", "numbers", "one of a, b" or what else is written for its values: for lists and help.
std::string describe_values(const Axis& axis);

}  // namespace fude::pipelines::comparison
