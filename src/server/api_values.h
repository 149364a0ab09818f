#pragma once

#include "pipelines/request_fields.h"
#include "server/json_body.h"
#include "service/picture.h"
#include "service/studio.h"

namespace fude::server {

// The service's values in the forms that api/openapi.yaml names. Members that say nothing are left out.

Json to_json(const service::Job& job);
Json to_json(const service::Picture& picture);
Json to_json(const service::LoadedModel& model);
Json to_json(const service::QueueCounts& counts);
Json to_json(const service::RunningState& state);
Json to_json(const service::Progressed& progress);
Json to_json(const pipelines::FieldValue& value);

/// Null, a truth value, a number or a text. Throws HttpError(400) that names the member for anything else.
pipelines::FieldValue to_field_value(std::string_view name, const Json& value);

}  // namespace fude::server
