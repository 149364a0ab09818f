#pragma once

#include "server/http_server.h"
#include "server/router.h"
#include "server/security.h"

namespace fude::server {

/// What an HttpServer does with requests: the gatekeeper looks at them, the router answers, and every answer gets the
/// security headers. Both must outlive the server.
RequestHooks site_hooks(Gatekeeper& gatekeeper, const Router& router);

}  // namespace fude::server
