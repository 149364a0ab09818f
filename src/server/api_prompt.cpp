#include "prompt/chunks.h"
#include "prompt/plan.h"
#include "server/api_routes.h"
#include "server/json_body.h"

namespace fude::server {
namespace {

// The most that any text drawn at the first step takes, as the web UI counts.
prompt::ChunkedText longest_text(const prompt::PromptPlan& plan) {
  const tokenizers::ClipTokenizer tokenizer;
  prompt::ChunkedText longest;
  for (const prompt::PromptPart& part : plan.parts) {
    prompt::ChunkedText text = prompt::chunk_text(part.schedules.front().text, tokenizer);
    if (longest.chunks.empty() || text.token_count > longest.token_count) longest = std::move(text);
  }
  return longest;
}

Json chunk_sizes(const prompt::ChunkedText& text) {
  const std::size_t full = text.chunks.size() - 1;
  Json sizes(full, prompt::kTokensPerChunk);
  sizes.push_back(text.token_count - full * prompt::kTokensPerChunk);
  return sizes;
}

Response read_prompt(const Request& request) {
  const JsonObject body = json_body(request, {"text"});
  body.allow_only({"text", "steps"});
  prompt::PlanOptions options;
  options.schedule.steps = static_cast<int>(body.whole("steps", 1, 150).value_or(20));
  const prompt::PromptPlan plan = prompt::plan_prompt(*body.text("text", 400'000), options);
  const prompt::ChunkedText text = longest_text(plan);
  Json networks = Json::array();
  for (const prompt::NetworkTag& tag : plan.networks) {
    networks.push_back({{"kind", tag.kind}, {"name", tag.name}, {"args", tag.args}});
  }
  return json_response(
      {{"token_count", text.token_count}, {"chunks", chunk_sizes(text)}, {"networks", std::move(networks)}});
}

}  // namespace

void add_prompt_routes(Router& router) { router.add("POST", "/api/v1/prompt", read_prompt); }

}  // namespace fude::server
