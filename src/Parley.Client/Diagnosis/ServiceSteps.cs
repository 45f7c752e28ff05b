using System.Net;
using System.Net.WebSockets;
using System.Text;
using Parley.Client.Connecting;
using Parley.Client.Ending;

namespace Parley.Client.Diagnosis;

/// <summary>The steps from the upgrade to an answer.</summary>
internal sealed class ServiceSteps(LiveClient client, LiveSetup setup) : IAsyncDisposable
{
    private const string Question = "Say hello in one word.";

    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(30);

    private LiveSession? _session;
    private LiveException? _refused;

    internal async Task<DiagnosisStep> UpgradeAsync(CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        try
        {
            await OpenAsync(socket, cancellationToken).ConfigureAwait(false);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", cancellationToken).ConfigureAwait(false);
            return Passed(DiagnosisStepKind.Upgrade, $"{Path()} accepts the WebSocket upgrade");
        }
        catch (WebSocketException e) when (e.InnerException is RedirectException redirect)
        {
            return Failed(DiagnosisStepKind.Upgrade, redirect.Message, EndCause.UnknownEndpoint);
        }
        catch (WebSocketException e) when ((int)socket.HttpStatusCode != 0)
        {
            var cause = CloseClassifier.Classify(socket.HttpStatusCode).Cause;
            var status = $"HTTP status {(int)socket.HttpStatusCode}";
            return socket.HttpStatusCode is HttpStatusCode.OK
                ? Failed(DiagnosisStepKind.Upgrade, $"{Path()} answers like a web page ({status}) and not with a WebSocket upgrade", EndCause.UnknownEndpoint)
                : Failed(DiagnosisStepKind.Upgrade, $"{Path()} refuses the upgrade with {status}: {e.Message}", cause);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Failed(DiagnosisStepKind.Upgrade, $"no HTTP answer: {(e.InnerException ?? e).Message}", EndCause.UnknownEndpoint);
        }
    }

    /// <summary>Servers check the credential when they receive the setup, so this step sends it.</summary>
    internal async Task<DiagnosisStep> CredentialAsync(CancellationToken cancellationToken)
    {
        try
        {
            _session = await client.ConnectAsync(setup, cancellationToken).ConfigureAwait(false);
        }
        catch (LivePreflightException e)
        {
            _refused = e;
            return new DiagnosisStep(DiagnosisStepKind.Credential, DiagnosisOutcome.Skipped, "not tried, because the setup would be refused and was not sent");
        }
        catch (LiveConnectException e)
        {
            _refused = e;
        }
        return _refused is { Cause: EndCause.InvalidKey or EndCause.ExpiredKey or EndCause.ExpiredToken or EndCause.NoIdentity or EndCause.Forbidden or EndCause.Region } refused
            ? Failed(DiagnosisStepKind.Credential, Describe(refused), refused.Cause)
            : Passed(DiagnosisStepKind.Credential, $"the {client.Core.Credential} is accepted");
    }

    internal Task<DiagnosisStep> SetupAsync(CancellationToken cancellationToken) => Task.FromResult(
        _refused is { } refused
            ? Failed(DiagnosisStepKind.Setup, Describe(refused), refused.Cause)
            : Passed(DiagnosisStepKind.Setup, $"{setup.ToWire().Model ?? "the model of the token"} opened a session"));

    internal async Task<DiagnosisStep> AnswerAsync(CancellationToken cancellationToken)
    {
        using var timeoutCts = new CancellationTokenSource(LongestAnswer, client.Core.Options.TimeProvider);
        using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(timeoutCts.Token, cancellationToken);
        try
        {
            await _session!.SendTextAsync(Question, linkedCts.Token).ConfigureAwait(false);
            await foreach (var update in _session.ReadAllAsync(linkedCts.Token).ConfigureAwait(false))
            {
                switch (update)
                {
                    case AudioUpdate audio:
                        return Passed(DiagnosisStepKind.Answer, $"the model answers in speech, at {audio.RateHz:N0} Hz");
                    case TextUpdate:
                        return Passed(DiagnosisStepKind.Answer, "the model answers in text");
                    case TurnCompleteUpdate:
                        return Failed(DiagnosisStepKind.Answer, "the turn ended without an answer", EndCause.Internal);
                    case SessionEndedUpdate { End: var end }:
                        return Failed(DiagnosisStepKind.Answer, $"the session ended: {end}", end.Cause);
                }
            }
        }
        catch (LiveSessionException e)
        {
            return Failed(DiagnosisStepKind.Answer, $"the session ended: {e.End}", e.Cause);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Reported below.
        }
        return Failed(DiagnosisStepKind.Answer, $"no answer within {LongestAnswer.TotalSeconds:0} s", EndCause.Timeout);
    }

    internal async Task<DiagnosisStep> GuideConfigAsync(CancellationToken cancellationToken)
    {
        using var socket = new ClientWebSocket();
        try
        {
            await OpenAsync(socket, cancellationToken).ConfigureAwait(false);
            // {"config":{"model":"models/…","responseModalities":["AUDIO"]}}, as in the guide.
            var model = (setup.ToWire().Model ?? "").Replace("\"", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal);
            await socket.SendAsync(
                Encoding.UTF8.GetBytes($$$"""{"config":{"model":"{{{model}}}","responseModalities":["AUDIO"]}}"""), WebSocketMessageType.Text, true, cancellationToken).ConfigureAwait(false);
            var answer = new byte[16 << 10];
            using var timeoutCts = new CancellationTokenSource(client.Core.Options.SetupTimeout, client.Core.Options.TimeProvider);
            using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(timeoutCts.Token, cancellationToken);
            var received = await socket.ReceiveAsync(answer, linkedCts.Token).ConfigureAwait(false);
            return received.MessageType == WebSocketMessageType.Close
                ? Passed(DiagnosisStepKind.GuideConfig, $"the guide's first message, \"config\", is refused, as by the public service ({(int?)socket.CloseStatus}): this client sends \"setup\"")
                : Passed(DiagnosisStepKind.GuideConfig, "the guide's first message, \"config\", is accepted; the public service refuses it");
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return Passed(DiagnosisStepKind.GuideConfig, "the guide's first message, \"config\", gets no answer: this client sends \"setup\"");
        }
    }

    public ValueTask DisposeAsync() => _session?.DisposeAsync() ?? ValueTask.CompletedTask;

    private string Path() => client.Core.Endpoints.Live(client.Core.Credential.IsToken, null).AbsolutePath;

    private async Task OpenAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var inQuery = client.Core.Options.CredentialPlacement == CredentialPlacement.Query;
        socket.Options.CollectHttpResponseDetails = true;
        if (!inQuery)
            socket.Options.SetRequestHeader(client.Core.Credential.Header.Name, client.Core.Credential.Header.Value);
        using var timeoutCts = new CancellationTokenSource(client.Core.Options.SetupTimeout, client.Core.Options.TimeProvider);
        using var linkedCts = CancellationTokenSource.CreateLinkedTokenSource(timeoutCts.Token, cancellationToken);
        await socket.ConnectAsync(
            client.Core.Endpoints.Live(client.Core.Credential.IsToken, inQuery ? client.Core.Credential.Query : null), client.Core.Invoker, linkedCts.Token).ConfigureAwait(false);
    }

    private static string Describe(LiveException refused) => refused is LiveConnectException { CloseCode: { } code } closed
        ? $"closed with {code}: {(closed.Reason.Length > 0 ? closed.Reason : "the server gave no reason")}"
        : refused.Message;

    private static DiagnosisStep Passed(DiagnosisStepKind kind, string detail) => new(kind, DiagnosisOutcome.Passed, detail);

    private static DiagnosisStep Failed(DiagnosisStepKind kind, string detail, EndCause cause) =>
        new(kind, DiagnosisOutcome.Failed, detail) { Cause = cause, Hint = CloseCauses.ConnectHint(cause, "") };
}
