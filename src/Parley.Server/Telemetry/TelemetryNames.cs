namespace Parley.Server.Telemetry;

/// <summary>
/// All names of spans, metrics and attributes, except those of local turns (Parley.Cascade). The <c>gen_ai.*</c> ones follow the OpenTelemetry conventions for generative AI as of August 2026,
/// whose realtime part is still in development and may change. Names without a standard are <c>parley.*</c>.
/// </summary>
internal static class TelemetryNames
{
    // Spans
    internal const string SessionSpan = "live_session";
    internal const string TurnSpan = "realtime_inference";
    internal const string ToolSpan = "execute_tool";

    // Attributes of the convention
    internal const string Operation = "gen_ai.operation.name";
    internal const string Provider = "gen_ai.provider.name";
    internal const string Model = "gen_ai.request.model";
    internal const string Conversation = "gen_ai.conversation.id";
    internal const string OutputType = "gen_ai.output.type";
    internal const string InputTokens = "gen_ai.usage.input_tokens";
    internal const string OutputTokens = "gen_ai.usage.output_tokens";
    internal const string TokenType = "gen_ai.token.type";
    internal const string ToolName = "gen_ai.tool.name";
    internal const string ToolCallId = "gen_ai.tool.call.id";
    internal const string ErrorType = "error.type";

    // Attributes of our own
    internal const string Backend = "parley.backend";
    internal const string Modality = "parley.modality";
    internal const string Outcome = "parley.outcome";
    internal const string Cause = "parley.cause";
    internal const string CloseCode = "parley.close.code";
    internal const string HttpStatus = "http.response.status_code";
    internal const string Direction = "parley.direction";
    internal const string Kind = "parley.kind";
    internal const string Where = "parley.where";
    internal const string Upstream = "parley.upstream";
    internal const string Webhook = "parley.webhook";
    internal const string Check = "parley.check";
    internal const string State = "parley.state";
    internal const string Cost = "parley.cost";
    internal const string Currency = "parley.currency";

    // Metrics of the convention
    internal const string TokenUsage = "gen_ai.client.token.usage";
    internal const string RequestDuration = "gen_ai.server.request.duration";
    internal const string TimeToFirstToken = "gen_ai.server.time_to_first_token";

    // Metrics of our own
    internal const string SessionsActive = "parley.sessions.active";
    internal const string SessionDuration = "parley.session.duration";
    internal const string Closes = "parley.session.closes";
    internal const string Resumes = "parley.session.resumes";
    internal const string Refusals = "parley.refusals";
    internal const string Connections = "parley.connections";
    internal const string ConnectionsRefused = "parley.connections.refused";
    internal const string ConnectionsDelayed = "parley.connections.delayed";
    internal const string Messages = "parley.messages";
    internal const string Bytes = "parley.bytes";
    internal const string Drops = "parley.drops";
    internal const string Saves = "parley.session.saves";
    internal const string SessionsMoved = "parley.sessions.moved";
    internal const string NodesAlive = "parley.nodes.alive";
    internal const string NodeDraining = "parley.node.draining";
    internal const string RenewalsFailed = "parley.node.renewals.failed";
    internal const string SignalInterruptions = "parley.node.signal.interruptions";
    internal const string UsageAge = "parley.usage.age";
    internal const string EventsDropped = "parley.events.dropped";
    internal const string EventsWaiting = "parley.events.waiting";
    internal const string WebhookDeliveries = "parley.webhooks.deliveries";
    internal const string WebhookDrops = "parley.webhooks.dropped";
    internal const string WebhooksWaiting = "parley.webhooks.waiting";
    internal const string Checks = "parley.checks";
    internal const string ChecksFailed = "parley.checks.failed";
    internal const string CostTotal = "parley.usage.cost";
    internal const string Held = "parley.relay.held";
    internal const string Rotations = "parley.relay.rotations";
    internal const string RotationDuration = "parley.relay.rotation.duration";
    internal const string UpstreamsCoolingDown = "parley.relay.upstreams.resting";
}
