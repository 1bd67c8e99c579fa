"""Every address that the pinned MLflow (>= 3.17, < 3.18) serves, and what passes there. Data only, reviewed as policy.

One line a route: what it is, the methods, the path as the server writes it. `{api}` stands for /api and for /ajax-api.
A test builds the server's own route map and fails on a route that is not here and on one that has gone. `deny:why`
names the rule of rules.py that is told. What no line names is denied as well.
"""

from __future__ import annotations

from typing import Final

TABLE: Final = """
# The user interface and what probes ask.
read            GET     /
read            GET     /static-files/{path:path}
read            GET     /build/{filename:path}
read            GET     /health
read            GET     /version
read            GET     {api}/3.0/mlflow/server-info
read            POST    /graphql
deny:graphql    GET     /graphql
deny:unused     GET     /ajax-api/3.0/mlflow/ui-telemetry
deny:unused     POST    /ajax-api/3.0/mlflow/ui-telemetry
deny:unused     POST    /ajax-api/3.0/mlflow/demo/generate
deny:delete     POST    /ajax-api/3.0/mlflow/demo/delete

# Experiments.
read            GET     {api}/2.0/mlflow/experiments/get
read            GET     {api}/2.0/mlflow/experiments/get-by-name
read            GET     {api}/2.0/mlflow/experiments/search
read            POST    {api}/2.0/mlflow/experiments/search
read            POST    /ajax-api/2.0/mlflow/experiments/search-datasets
read            POST    {api}/2.0mlflow/experiments/search-datasets
write-run       POST    {api}/2.0/mlflow/experiments/create
write-run       POST    {api}/2.0/mlflow/experiments/set-experiment-tag
deny:rename     POST    {api}/2.0/mlflow/experiments/update
deny:delete     POST    {api}/2.0/mlflow/experiments/delete
deny:delete     POST    {api}/2.0/mlflow/experiments/restore
deny:delete     POST    {api}/2.0/mlflow/experiments/delete-experiment-tag

# Runs, their metrics and their files.
read            GET     {api}/2.0/mlflow/runs/get
read            POST    {api}/2.0/mlflow/runs/search
read            GET     {api}/2.0/mlflow/metrics/get-history
read            GET     {api}/2.0/mlflow/metrics/get-history-bulk-interval
read            GET     /ajax-api/2.0/mlflow/metrics/get-history-bulk
read            GET     {api}/2.0/mlflow/artifacts/list
read            GET     /get-artifact
write-run       POST    {api}/2.0/mlflow/runs/create
write-run       POST    {api}/2.0/mlflow/runs/update
write-run       POST    {api}/2.0/mlflow/runs/log-batch
write-run       POST    {api}/2.0/mlflow/runs/log-inputs
write-run       POST    {api}/2.0/mlflow/runs/log-metric
write-run       POST    {api}/2.0/mlflow/runs/log-model
write-run       POST    {api}/2.0/mlflow/runs/log-parameter
write-run       POST    {api}/2.0/mlflow/runs/outputs
write-run       POST    {api}/2.0/mlflow/runs/set-tag
deny:delete     POST    {api}/2.0/mlflow/runs/delete
deny:delete     POST    {api}/2.0/mlflow/runs/delete-tag
deny:delete     POST    {api}/2.0/mlflow/runs/restore
deny:unused     POST    /ajax-api/2.0/mlflow/runs/create-promptlab-run

# Logged models.
read            GET     {api}/2.0/mlflow/logged-models/{model_id}
read            GET     {api}/2.0/mlflow/logged-models/{model_id}/artifacts/directories
read            GET     /ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files
read            POST    {api}/2.0/mlflow/logged-models/search
write-run       POST    {api}/2.0/mlflow/logged-models
write-run       PATCH   {api}/2.0/mlflow/logged-models/{model_id}
write-run       POST    {api}/2.0/mlflow/logged-models/{model_id}/params
write-run       PATCH   {api}/2.0/mlflow/logged-models/{model_id}/tags
deny:delete     DELETE  {api}/2.0/mlflow/logged-models/{model_id}
deny:delete     DELETE  {api}/2.0/mlflow/logged-models/{model_id}/tags/{tag_key}

# Files.
read            GET     {api}/2.0/mlflow-artifacts/artifacts
read            GET     {api}/2.0/mlflow-artifacts/artifacts/{artifact_path:path}
upload          PUT     {api}/2.0/mlflow-artifacts/artifacts/{artifact_path:path}
deny:delete     DELETE  {api}/2.0/mlflow-artifacts/artifacts/{artifact_path:path}
deny:bypass     POST    {api}/2.0/mlflow-artifacts/mpu/create/{artifact_path:path}
deny:bypass     POST    {api}/2.0/mlflow-artifacts/mpu/complete/{artifact_path:path}
deny:bypass     POST    {api}/2.0/mlflow-artifacts/mpu/abort/{artifact_path:path}
deny:bypass     GET     {api}/2.0/mlflow-artifacts/presigned/{artifact_path:path}
deny:bypass     POST    {api}/2.0/mlflow/artifacts/presigned-download-url
deny:bypass     POST    {api}/2.0/mlflow/artifacts/presigned-upload-url
deny:bypass     POST    /ajax-api/2.0/mlflow/upload-artifact

# The registry: recorded there, and nothing more.
read            GET     {api}/2.0/mlflow/registered-models/get
read            GET     {api}/2.0/mlflow/registered-models/search
read            GET     {api}/2.0/mlflow/registered-models/get-latest-versions
read            POST    {api}/2.0/mlflow/registered-models/get-latest-versions
read            GET     {api}/2.0/mlflow/registered-models/alias
read            GET     {api}/2.0/mlflow/model-versions/get
read            GET     {api}/2.0/mlflow/model-versions/get-download-uri
read            GET     {api}/2.0/mlflow/model-versions/search
read            GET     /model-versions/get-artifact
register        POST    {api}/2.0/mlflow/registered-models/create
register        POST    {api}/2.0/mlflow/registered-models/set-tag
register        PATCH   {api}/2.0/mlflow/registered-models/update
register        POST    {api}/2.0/mlflow/registered-models/alias
register        POST    {api}/2.0/mlflow/model-versions/create
register        POST    {api}/2.0/mlflow/model-versions/set-tag
register        PATCH   {api}/2.0/mlflow/model-versions/update
deny:stage      POST    {api}/2.0/mlflow/model-versions/transition-stage
deny:rename     POST    {api}/2.0/mlflow/registered-models/rename
deny:delete     DELETE  {api}/2.0/mlflow/registered-models/delete
deny:delete     DELETE  {api}/2.0/mlflow/registered-models/delete-tag
deny:delete     DELETE  {api}/2.0/mlflow/registered-models/alias
deny:delete     DELETE  {api}/2.0/mlflow/model-versions/delete
deny:delete     DELETE  {api}/2.0/mlflow/model-versions/delete-tag

# Traces are shown where there are some, and none is written: they would hold what applicants said.
read            GET     {api}/2.0/mlflow/traces
read            GET     {api}/2.0/mlflow/traces/{request_id}/info
read            GET     {api}/2.0/mlflow/unified-traces
read            GET     {api}/2.0/mlflow/get-online-trace-details
read            GET     /ajax-api/2.0/mlflow/get-trace-artifact
read            GET     /ajax-api/3.0/mlflow/get-trace-artifact
read            GET     {api}/3.0/mlflow/traces/get
read            GET     {api}/3.0/mlflow/traces/batchGet
read            GET     {api}/3.0/mlflow/traces/{trace_id}
read            GET     {api}/3.0/mlflow/traces/{trace_id}/assessments/{assessment_id}
read            POST    {api}/3.0/mlflow/traces/batchGetInfos
read            POST    {api}/3.0/mlflow/traces/calculate-filter-correlation
read            POST    {api}/3.0/mlflow/traces/metrics
read            POST    {api}/3.0/mlflow/traces/search
deny:trace      POST    /v1/traces
deny:trace      POST    {api}/2.0/mlflow/traces
deny:trace      PATCH   {api}/2.0/mlflow/traces/{request_id}
deny:trace      PATCH   {api}/2.0/mlflow/traces/{request_id}/tags
deny:delete     DELETE  {api}/2.0/mlflow/traces/{request_id}/tags
deny:delete     POST    {api}/2.0/mlflow/traces/delete-traces
deny:trace      POST    {api}/2.0/mlflow/traces/link-prompts
deny:trace      POST    {api}/2.0/mlflow/traces/link-to-run
deny:trace      POST    {api}/3.0/mlflow/traces
deny:trace      POST    {api}/3.0/mlflow/traces/{trace_id}/assessments
deny:trace      PATCH   {api}/3.0/mlflow/traces/{trace_id}/assessments/{assessment_id}
deny:delete     DELETE  {api}/3.0/mlflow/traces/{trace_id}/assessments/{assessment_id}
deny:trace      PATCH   {api}/3.0/mlflow/traces/{trace_id}/tags
deny:delete     DELETE  {api}/3.0/mlflow/traces/{trace_id}/tags
deny:delete     POST    {api}/3.0/mlflow/traces/delete-traces

# What the user interface lists for language models: shown where there is some, never changed.
read            GET     {api}/3.0/mlflow/datasets/{dataset_id}
read            GET     {api}/3.0/mlflow/datasets/{dataset_id}/experiment-ids
read            GET     {api}/3.0/mlflow/datasets/{dataset_id}/records
read            GET     {api}/3.0/mlflow/datasets/search
read            POST    {api}/3.0/mlflow/datasets/search
deny:unused     POST    {api}/3.0/mlflow/datasets/create
deny:unused     POST    {api}/3.0/mlflow/datasets/{dataset_id}/add-experiments
deny:unused     POST    {api}/3.0/mlflow/datasets/{dataset_id}/records
deny:unused     POST    {api}/3.0/mlflow/datasets/{dataset_id}/remove-experiments
deny:unused     PATCH   {api}/3.0/mlflow/datasets/{dataset_id}/tags
deny:delete     DELETE  {api}/3.0/mlflow/datasets/{dataset_id}
deny:delete     DELETE  {api}/3.0/mlflow/datasets/{dataset_id}/records
deny:delete     DELETE  {api}/3.0/mlflow/datasets/{dataset_id}/tags/{key}
read            GET     {api}/3.0/mlflow/scorers/get
read            GET     {api}/3.0/mlflow/scorers/list
read            GET     {api}/3.0/mlflow/scorers/online-configs
read            GET     {api}/3.0/mlflow/scorers/versions
deny:unused     PUT     {api}/3.0/mlflow/scorers/online-config
deny:unused     POST    {api}/3.0/mlflow/scorers/register
deny:delete     DELETE  {api}/3.0/mlflow/scorers/delete
deny:unused     POST    /ajax-api/3.0/mlflow/scorer/invoke
read            GET     {api}/3.0/mlflow/issues/{issue_id}
read            POST    {api}/3.0/mlflow/issues/search
deny:unused     POST    {api}/3.0/mlflow/issues
deny:unused     PATCH   {api}/3.0/mlflow/issues/{issue_id}
deny:unused     POST    /ajax-api/3.0/mlflow/issues/invoke
deny:unused     POST    /ajax-api/3.0/mlflow/genai/evaluate/invoke
read            GET     {api}/3.0/mlflow/label-schemas/get
read            GET     {api}/3.0/mlflow/label-schemas/get-by-name
read            GET     {api}/3.0/mlflow/label-schemas/list
deny:unused     POST    {api}/3.0/mlflow/label-schemas/create
deny:unused     PATCH   {api}/3.0/mlflow/label-schemas/update
deny:delete     DELETE  {api}/3.0/mlflow/label-schemas/delete
read            GET     {api}/3.0/mlflow/review-queues/get
read            GET     {api}/3.0/mlflow/review-queues/get-by-name
read            GET     {api}/3.0/mlflow/review-queues/items/list
read            GET     {api}/3.0/mlflow/review-queues/list
deny:unused     POST    {api}/3.0/mlflow/review-queues/create
deny:delete     POST    {api}/3.0/mlflow/review-queues/delete
deny:unused     POST    {api}/3.0/mlflow/review-queues/get-or-create-user
deny:unused     POST    {api}/3.0/mlflow/review-queues/items/add
deny:delete     POST    {api}/3.0/mlflow/review-queues/items/remove
deny:unused     POST    {api}/3.0/mlflow/review-queues/items/set-status
deny:unused     POST    {api}/3.0/mlflow/review-queues/update
read            GET     {api}/3.0/mlflow/workspaces
read            GET     {api}/3.0/mlflow/workspaces/{workspace_name}
deny:unused     POST    {api}/3.0/mlflow/workspaces
deny:unused     PATCH   {api}/3.0/mlflow/workspaces/{workspace_name}
deny:delete     DELETE  {api}/3.0/mlflow/workspaces/{workspace_name}

# Second ways to reach out, to run something, or to hold a secret: not even listed.
deny:outside    GET     {api}/2.0/mlflow/webhooks
deny:outside    POST    {api}/2.0/mlflow/webhooks
deny:outside    GET     {api}/2.0/mlflow/webhooks/{webhook_id}
deny:outside    PATCH   {api}/2.0/mlflow/webhooks/{webhook_id}
deny:outside    DELETE  {api}/2.0/mlflow/webhooks/{webhook_id}
deny:outside    POST    {api}/2.0/mlflow/webhooks/{webhook_id}/test
deny:outside    GET     /ajax-api/2.0/mlflow/gateway-proxy
deny:outside    POST    /ajax-api/2.0/mlflow/gateway-proxy
deny:outside    GET     /ajax-api/3.0/mlflow/gateway/provider-config
deny:outside    GET     /ajax-api/3.0/mlflow/gateway/secrets/config
deny:outside    GET     /ajax-api/3.0/mlflow/gateway/supported-models
deny:outside    GET     /ajax-api/3.0/mlflow/gateway/supported-providers
deny:outside    POST    {api}/3.0/mlflow/gateway/budgets/create
deny:outside    DELETE  {api}/3.0/mlflow/gateway/budgets/delete
deny:outside    GET     {api}/3.0/mlflow/gateway/budgets/get
deny:outside    GET     {api}/3.0/mlflow/gateway/budgets/list
deny:outside    POST    {api}/3.0/mlflow/gateway/budgets/update
deny:outside    GET     {api}/3.0/mlflow/gateway/budgets/windows
deny:outside    POST    {api}/3.0/mlflow/gateway/endpoints/bindings/create
deny:outside    DELETE  {api}/3.0/mlflow/gateway/endpoints/bindings/delete
deny:outside    GET     {api}/3.0/mlflow/gateway/endpoints/bindings/list
deny:outside    POST    {api}/3.0/mlflow/gateway/endpoints/create
deny:outside    DELETE  {api}/3.0/mlflow/gateway/endpoints/delete
deny:outside    DELETE  {api}/3.0/mlflow/gateway/endpoints/delete-tag
deny:outside    GET     {api}/3.0/mlflow/gateway/endpoints/get
deny:outside    GET     {api}/3.0/mlflow/gateway/endpoints/list
deny:outside    POST    {api}/3.0/mlflow/gateway/endpoints/models/attach
deny:outside    POST    {api}/3.0/mlflow/gateway/endpoints/models/detach
deny:outside    POST    {api}/3.0/mlflow/gateway/endpoints/set-tag
deny:outside    POST    {api}/3.0/mlflow/gateway/endpoints/update
deny:outside    POST    {api}/3.0/mlflow/gateway/guardrails/add-to-endpoint
deny:outside    POST    {api}/3.0/mlflow/gateway/guardrails/create
deny:outside    DELETE  {api}/3.0/mlflow/gateway/guardrails/delete
deny:outside    GET     {api}/3.0/mlflow/gateway/guardrails/get
deny:outside    GET     {api}/3.0/mlflow/gateway/guardrails/list
deny:outside    GET     {api}/3.0/mlflow/gateway/guardrails/list-for-endpoint
deny:outside    DELETE  {api}/3.0/mlflow/gateway/guardrails/remove-from-endpoint
deny:outside    PATCH   {api}/3.0/mlflow/gateway/guardrails/update-config
deny:outside    POST    {api}/3.0/mlflow/gateway/model-definitions/create
deny:outside    DELETE  {api}/3.0/mlflow/gateway/model-definitions/delete
deny:outside    GET     {api}/3.0/mlflow/gateway/model-definitions/get
deny:outside    GET     {api}/3.0/mlflow/gateway/model-definitions/list
deny:outside    POST    {api}/3.0/mlflow/gateway/model-definitions/update
deny:outside    POST    {api}/3.0/mlflow/gateway/secrets/create
deny:outside    DELETE  {api}/3.0/mlflow/gateway/secrets/delete
deny:outside    GET     {api}/3.0/mlflow/gateway/secrets/get
deny:outside    GET     {api}/3.0/mlflow/gateway/secrets/list
deny:outside    POST    {api}/3.0/mlflow/gateway/secrets/update
deny:outside    POST    /gateway/anthropic/v1/messages
deny:outside    POST    /gateway/gemini/v1beta/models/{endpoint_name}:generateContent
deny:outside    POST    /gateway/gemini/v1beta/models/{endpoint_name}:streamGenerateContent
deny:outside    POST    /gateway/mlflow/v1/chat/completions
deny:outside    GET     /gateway/mlflow/v1/models
deny:outside    POST    /gateway/openai/v1/chat/completions
deny:outside    POST    /gateway/openai/v1/embeddings
deny:outside    POST    /gateway/openai/v1/responses
deny:outside    POST    /gateway/openai/v1/responses/compact
deny:outside    POST    /gateway/proxy/{endpoint_name}/{path:path}
deny:outside    POST    /gateway/typesafe/v1/systemone
deny:outside    POST    /gateway/{endpoint_name}/mlflow/invocations
deny:outside    POST    /ajax-api/3.0/jobs/
deny:outside    PATCH   /ajax-api/3.0/jobs/cancel/{job_id}
deny:outside    POST    /ajax-api/3.0/jobs/search
deny:outside    GET     /ajax-api/3.0/jobs/{job_id}
deny:outside    GET     /ajax-api/3.0/mlflow/jobs/{job_id}
deny:outside    PATCH   /ajax-api/3.0/mlflow/jobs/cancel/{job_id}
deny:outside    POST    {api}/3.0/mlflow/prompt-optimization/jobs
deny:outside    GET     {api}/3.0/mlflow/prompt-optimization/jobs/{job_id}
deny:outside    DELETE  {api}/3.0/mlflow/prompt-optimization/jobs/{job_id}
deny:outside    POST    {api}/3.0/mlflow/prompt-optimization/jobs/{job_id}/cancel
deny:outside    GET     {api}/3.0/mlflow/prompt-optimization/jobs/search
deny:outside    POST    {api}/3.0/mlflow/prompt-optimization/jobs/search
deny:outside    GET     /ajax-api/3.0/mlflow/assistant/config
deny:outside    PUT     /ajax-api/3.0/mlflow/assistant/config
deny:outside    POST    /ajax-api/3.0/mlflow/assistant/message
deny:outside    GET     /ajax-api/3.0/mlflow/assistant/providers
deny:outside    GET     /ajax-api/3.0/mlflow/assistant/providers/{provider}/health
deny:outside    GET     /ajax-api/3.0/mlflow/assistant/providers/{provider}/models
deny:outside    PATCH   /ajax-api/3.0/mlflow/assistant/sessions/{session_id}
deny:outside    POST    /ajax-api/3.0/mlflow/assistant/sessions/{session_id}/permission
deny:outside    GET     /ajax-api/3.0/mlflow/assistant/sessions/{session_id}/stream
deny:outside    POST    /ajax-api/3.0/mlflow/assistant/sessions/{session_id}/tool-result
deny:outside    POST    /ajax-api/3.0/mlflow/assistant/skills/install
deny:outside    GET     {api}/3.0/mlflow/mcp-servers
deny:outside    POST    {api}/3.0/mlflow/mcp-servers
deny:outside    GET     {api}/3.0/mlflow/mcp-servers/endpoints
deny:outside    GET     {api}/3.0/mlflow/mcp-servers/{name:path}
deny:outside    PATCH   {api}/3.0/mlflow/mcp-servers/{name:path}
deny:outside    DELETE  {api}/3.0/mlflow/mcp-servers/{name:path}
deny:outside    POST    {api}/3.0/mlflow/mcp-servers/{name:path}/aliases
deny:outside    GET     {api}/3.0/mlflow/mcp-servers/{name:path}/aliases/{alias:path}
deny:outside    DELETE  {api}/3.0/mlflow/mcp-servers/{name:path}/aliases/{alias:path}
deny:outside    GET     {api}/3.0/mlflow/mcp-servers/{name:path}/endpoints
deny:outside    POST    {api}/3.0/mlflow/mcp-servers/{name:path}/endpoints
deny:outside    GET     {api}/3.0/mlflow/mcp-servers/{name:path}/endpoints/{endpoint_id}
deny:outside    PATCH   {api}/3.0/mlflow/mcp-servers/{name:path}/endpoints/{endpoint_id}
deny:outside    DELETE  {api}/3.0/mlflow/mcp-servers/{name:path}/endpoints/{endpoint_id}
deny:outside    POST    {api}/3.0/mlflow/mcp-servers/{name:path}/tags
deny:outside    DELETE  {api}/3.0/mlflow/mcp-servers/{name:path}/tags/{key:path}
deny:outside    GET     {api}/3.0/mlflow/mcp-servers/{name:path}/versions
deny:outside    POST    {api}/3.0/mlflow/mcp-servers/{name:path}/versions
deny:outside    GET     {api}/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}
deny:outside    PATCH   {api}/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}
deny:outside    DELETE  {api}/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}
deny:outside    POST    {api}/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}/tags
deny:outside    DELETE  {api}/3.0/mlflow/mcp-servers/{name:path}/versions/{version:path}/tags/{key:path}
"""

# Where somebody's uploaded bytes come back: kept as a file by a browser, never shown.
FILES: Final = frozenset(
    {
        "/get-artifact",
        "/model-versions/get-artifact",
        "/api/2.0/mlflow-artifacts/artifacts/{artifact_path:path}",
        "/ajax-api/2.0/mlflow-artifacts/artifacts/{artifact_path:path}",
        "/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
        "/ajax-api/2.0/mlflow/get-trace-artifact",
        "/ajax-api/3.0/mlflow/get-trace-artifact",
    }
)
