#pragma once

#include "server/json_body.h"
#include "server/sdapi_tab.h"

namespace fude::server {

/// Looks at the pictures that a body of POST /sdapi/v1/img2img starts from, and at what goes with them: `mask_blur`
/// stands for both directions, a batch is as large as its list of pictures, there is no hires fix. From a body of
/// txt2img they are taken away, unknown as they are there.
/// Throws HttpError: 404 "Init image not found"; 500 "Invalid encoded image" for what is no picture's file in base64;
/// 501 for kinds of pictures that Fude does not read.
void read_sources(Json& request, Tab tab);

}  // namespace fude::server
