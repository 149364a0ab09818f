#include "server/site.h"

namespace fude::server {

RequestHooks site_hooks(Gatekeeper& gatekeeper, const Router& router) {
  return {.admit =
              [&gatekeeper](const Request& request) {
                auto refusal = gatekeeper.admit(request);
                if (refusal) add_security_headers(*refusal);
                return refusal;
              },
          .answer =
              [&router](Request request) {
                Response response = router.answer(std::move(request));
                add_security_headers(response);
                return response;
              }};
}

}  // namespace fude::server
