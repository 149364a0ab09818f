#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "pipelines/generation_request.h"
#include "server/http_message.h"
#include "server/json_body.h"

namespace fude::server {

/// A form with pictures, as OpenAI's images API takes it.
struct EditForm {
  JsonObject members;  // its fields; those that are numbers or switches there are such
  std::string image;   // a picture's file
  std::string mask;    // the same; empty: none
};

/// Throws HttpError: as parse_form(); 400 that names the field for a missing picture, several of them, a field twice.
EditForm read_edit_form(const Request& request, std::initializer_list<std::string_view> required);

/// Puts the form's picture and mask into a request: what is transparent in the mask, or without one in the picture, is
/// made anew out of its surroundings; a picture without anything transparent is redrawn as a whole. `strength` of the
/// form, 0..1, says how far. Throws HttpError(400) for a picture that cannot be read.
void apply_edit(pipelines::GenerationRequest& request, const EditForm& form);

/// The same for another picture like this one: without a prompt the words are those that the picture was made of, where
/// it says so.
void apply_variation(pipelines::GenerationRequest& request, const EditForm& form);

}  // namespace fude::server
